//! The shell: subcommands, what they print, and how they end.

mod demo;
mod tokens;
mod users;

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::config::{Config, ConfigError, LogConfig, LogFormat};
use crate::error::Problem;
use crate::sandbox::{Options, Replay, ReplayError, Sandbox};
use crate::server::{Server, ServerError, prepare, stop_signal, system_clock};

/// A self-hosted portfolio of what you hold on exchanges. It can only read.
#[derive(Debug, Parser)]
#[command(name = "coffer", version)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serves the app; what happens without a command.
    Serve,
    /// Serves the app with a throw-away database, a ready account and sandbox exchanges.
    Demo,
    /// Runs only the sandbox exchanges, on loopback.
    Sandbox {
        /// The port; any free one when left out.
        #[arg(long, default_value_t = 0)]
        port: u16,
        /// A recording to play back in place of the exchanges, to any key.
        #[arg(long, value_name = "FILE")]
        replay: Option<PathBuf>,
    },
    /// Accounts.
    #[command(subcommand)]
    User(users::Command),
    /// Tokens that let programs in.
    #[command(subcommand)]
    Token(tokens::Command),
    /// Prints the OpenAPI document of the JSON API.
    Openapi,
}

/// Why a command failed, told on stderr.
#[derive(Debug, thiserror::Error)]
enum CommandError {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Server(#[from] ServerError),
    #[error("the sandbox cannot listen on this port: pick another with --port")]
    Sandbox(#[source] std::io::Error),
    #[error("the file of --replay cannot be read")]
    RecordingFile(#[source] std::io::Error),
    #[error("the file of --replay is no recording: download one from a connection's page")]
    Recording,
    #[error("standard input or output failed")]
    Io(#[from] std::io::Error),
    #[error("{}", told(.0))]
    Problem(#[from] Problem),
}

impl From<ReplayError> for CommandError {
    fn from(error: ReplayError) -> Self {
        match error {
            ReplayError::BadRecording(_) => Self::Recording,
            ReplayError::Listen(error) => Self::Sandbox(error),
        }
    }
}

/// A problem as one line: field by field where it has fields.
fn told(problem: &Problem) -> String {
    match problem {
        Problem::Invalid(errors) => {
            let lines: Vec<_> = errors
                .iter()
                .map(|(field, sentence)| format!("{field}: {sentence}"))
                .collect();
            lines.join(" ")
        }
        other => other.told(),
    }
}

/// Runs the command of the process's arguments.
pub async fn run() -> ExitCode {
    let cli = Cli::parse();
    let outcome = match cli.command.unwrap_or(Command::Serve) {
        Command::Serve => serve().await,
        Command::Demo => demo::run().await,
        Command::Sandbox { port, replay } => match replay {
            Some(file) => self::replay(&file, port).await,
            None => sandbox(port).await,
        },
        Command::User(command) => users::run(command).await,
        Command::Token(command) => tokens::run(command).await,
        Command::Openapi => openapi(),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&error);
            ExitCode::FAILURE
        }
    }
}

async fn serve() -> Result<(), CommandError> {
    let config = Config::from_env()?;
    start_log(&config.log);
    let state = prepare(&config, system_clock()).await?;
    let db = state.db.clone();
    let server = Server::bind(&config, state)?;
    let stop = stop_signal()?;
    say(&format!("Coffer is at {}\n", server.public_url))?;
    server.run(stop).await?;
    db.close().await;
    Ok(())
}

async fn sandbox(port: u16) -> Result<(), CommandError> {
    let sandbox = Sandbox::start(Options {
        port,
        ..Options::default()
    })
    .await
    .map_err(CommandError::Sandbox)?;
    let stop = stop_signal()?;
    say(&format!(
        "Sandbox exchanges at {}\n{}",
        sandbox.url(),
        demo::all_keys()
    ))?;
    tokio::select! {
        () = sandbox.wait() => (),
        () = stop => (),
    }
    Ok(())
}

async fn replay(file: &Path, port: u16) -> Result<(), CommandError> {
    let recording = std::fs::read_to_string(file).map_err(CommandError::RecordingFile)?;
    let replay = Replay::start(&recording, port).await?;
    let stop = stop_signal()?;
    say(&format!(
        "Recording of {} at {}\nAny key is accepted.\n",
        replay.exchange(),
        replay.url()
    ))?;
    tokio::select! {
        () = replay.wait() => (),
        () = stop => (),
    }
    Ok(())
}

fn openapi() -> Result<(), CommandError> {
    let document = crate::http::api::document().to_pretty_json();
    let document = document.map_err(|_| Problem::Internal)?;
    Ok(say(&format!("{document}\n"))?)
}

fn start_log(config: &LogConfig) {
    let filter = EnvFilter::try_new(&config.filter).unwrap_or_default();
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        // Colours are for a terminal; in a file they are noise.
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    let quiet = || filter_fn(|metadata| !tells_frames(metadata.target()));
    // A second start in one process, as in tests, keeps the first log.
    let _ = match config.format {
        LogFormat::Text => builder.finish().with(quiet()).try_init(),
        LogFormat::Json => builder.json().finish().with(quiet()).try_init(),
    };
}

/// Whether something writes down what goes over a stream, byte by byte: keys that sign in do.
fn tells_frames(target: &str) -> bool {
    let (name, _) = target.split_once("::").unwrap_or((target, ""));
    matches!(name, "tungstenite" | "tokio_tungstenite")
}

fn say(text: &str) -> std::io::Result<()> {
    use std::io::Write;
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}

fn complain(error: &CommandError) {
    use std::io::Write;
    // Nobody is left to tell when stderr is gone.
    let _ = writeln!(std::io::stderr(), "coffer: {error}");
}
