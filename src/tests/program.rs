//! The program itself, run as an operator runs it.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// How a run of the program ended.
#[derive(Debug)]
pub struct Ended {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

/// The program in a folder of its own, with nothing of this process's environment.
pub struct Program<'a> {
    pub folder: &'a Path,
    pub settings: HashMap<&'static str, String>,
}

impl<'a> Program<'a> {
    pub fn new(folder: &'a Path) -> Self {
        Self {
            folder,
            settings: HashMap::from([("LISTEN_ADDR", "127.0.0.1:0".to_owned())]),
        }
    }

    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        self.settings.insert(name, value.to_owned());
        self
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_coffer"));
        command
            .args(arguments)
            .env_clear()
            .envs(&self.settings)
            .current_dir(self.folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Runs to the end.
    pub fn run(&self, arguments: &[&str]) -> Ended {
        self.run_with(arguments, "")
    }

    /// Runs to the end, with this on its standard input.
    pub fn run_with(&self, arguments: &[&str], input: &str) -> Ended {
        let mut child = self.command(arguments).spawn().unwrap();
        // A program that refuses at once does not read.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        let done = child.wait_with_output().unwrap();
        Ended {
            code: done.status.code(),
            out: String::from_utf8(done.stdout).unwrap(),
            err: String::from_utf8(done.stderr).unwrap(),
        }
    }

    /// Starts the server and waits until it tells its address.
    pub fn serve(&self, arguments: &[&str]) -> Running {
        let mut child = self.command(arguments).spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut err = child.stderr.take().unwrap();
        // Read all along, so that a full pipe never holds the program up.
        let log = std::thread::spawn(move || {
            let mut text = Vec::new();
            err.read_to_end(&mut text).unwrap();
            text
        });
        let mut line = String::new();
        out.read_line(&mut line).unwrap();
        let told = line.trim_end().split_once("Coffer is at ");
        let url = told.unwrap().1.to_owned();
        Running { child, log, url }
    }
}

/// A server that was started.
pub struct Running {
    child: Child,
    log: std::thread::JoinHandle<Vec<u8>>,
    pub url: String,
}

impl Running {
    /// Asks the program to stop as the system does; answers its exit code and its log.
    pub fn stop(mut self, signal: &str) -> (Option<i32>, Vec<u8>) {
        let id = self.child.id().to_string();
        let kill = Command::new("kill").args([signal, &id]).status();
        assert!(kill.unwrap().success());
        let status = self.child.wait().unwrap();
        (status.code(), self.log.join().unwrap())
    }
}
