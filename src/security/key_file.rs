//! The master key's file: read only when nobody else can, made once and never replaced.

use std::{
    fs::{self, DirBuilder, File, Metadata, OpenOptions},
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use super::{KeyRing, MasterKey, SecurityError, new_id};

/// The most bytes a key file may have: room for some eighty keys.
const MAX_FILE_BYTES: u64 = 4096;

/// Reads the key ring from the file.
///
/// # Errors
/// [`SecurityError::KeyFileMissing`], [`SecurityError::KeyFileNotAFile`],
/// [`SecurityError::KeyFileOpenToOthers`] when group or others may touch it,
/// [`SecurityError::KeyFileNotText`], [`SecurityError::KeyFileContent`] when it holds no keys and
/// [`SecurityError::KeyFileIo`]; each names the file and never what is in it.
pub fn load(path: &Path) -> Result<KeyRing, SecurityError> {
    let text = read(path)?;
    KeyRing::parse(text.expose_secret()).map_err(|source| SecurityError::KeyFileContent {
        path: path.to_owned(),
        source: Box::new(source),
    })
}

/// Writes the key to a new file of mode 0600, whole or not at all. The folder is made with mode
/// 0700 when it is missing.
///
/// # Errors
/// [`SecurityError::KeyFileExists`] when there is one: it is left as it is;
/// [`SecurityError::KeyFileIo`] when it cannot be written.
pub fn create(path: &Path, key: &MasterKey) -> Result<(), SecurityError> {
    let folder = folder_of(path);
    let draft = folder.join(format!(".master-key-{}.new", new_id()?));
    let written = make_folder(folder)
        .and_then(|()| write_draft(&draft, &key.to_base64()))
        // A link, unlike a rename, fails when the file exists: no key is ever replaced.
        .and_then(|()| fs::hard_link(&draft, path));
    let cleared = match fs::remove_file(&draft) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    };
    written
        .and(cleared)
        .and_then(|()| sync_folder(folder))
        .map_err(|source| match source.kind() {
            io::ErrorKind::AlreadyExists => SecurityError::KeyFileExists {
                path: path.to_owned(),
            },
            _ => trouble(path, "made", source),
        })
}

/// Reads the file, or makes it with a new random key when it is missing. Two programs that start
/// at once end up with the same key.
///
/// # Errors
/// Those of [`load`] and [`create`].
pub fn load_or_create(path: &Path) -> Result<KeyRing, SecurityError> {
    match load(path) {
        Err(SecurityError::KeyFileMissing { .. }) => {}
        other => return other,
    }
    match create(path, &MasterKey::generate()?) {
        Ok(()) | Err(SecurityError::KeyFileExists { .. }) => load(path),
        Err(error) => Err(error),
    }
}

fn read(path: &Path) -> Result<SecretString, SecurityError> {
    // Looked at before it is opened, as opening a pipe would wait; and again once it is open.
    check_file(
        path,
        &fs::metadata(path).map_err(|source| cannot_read(path, source))?,
    )?;
    let file = File::open(path).map_err(|source| cannot_read(path, source))?;
    check_file(
        path,
        &file
            .metadata()
            .map_err(|source| cannot_read(path, source))?,
    )?;
    let mut bytes = Zeroizing::new(Vec::with_capacity(MAX_FILE_BYTES as usize + 1));
    file.take(MAX_FILE_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(|source| cannot_read(path, source))?;
    match std::str::from_utf8(&bytes) {
        Ok(text) if bytes.len() as u64 <= MAX_FILE_BYTES => Ok(SecretString::from(text)),
        _ => Err(SecurityError::KeyFileNotText {
            path: path.to_owned(),
        }),
    }
}

fn check_file(path: &Path, metadata: &Metadata) -> Result<(), SecurityError> {
    let path = path.to_owned();
    if !metadata.is_file() {
        return Err(SecurityError::KeyFileNotAFile { path });
    }
    match mode_open_to_others(metadata) {
        Some(mode) => Err(SecurityError::KeyFileOpenToOthers { path, mode }),
        None => Ok(()),
    }
}

#[cfg(unix)]
fn mode_open_to_others(metadata: &Metadata) -> Option<u32> {
    use std::os::unix::fs::PermissionsExt;
    let mode = metadata.permissions().mode() & 0o7777;
    (mode & 0o077 != 0).then_some(mode)
}

#[cfg(not(unix))]
fn mode_open_to_others(_: &Metadata) -> Option<u32> {
    None
}

fn cannot_read(path: &Path, source: io::Error) -> SecurityError {
    match source.kind() {
        io::ErrorKind::NotFound => SecurityError::KeyFileMissing {
            path: path.to_owned(),
        },
        _ => trouble(path, "read", source),
    }
}

fn trouble(path: &Path, deed: &'static str, source: io::Error) -> SecurityError {
    let path = PathBuf::from(path);
    SecurityError::KeyFileIo { path, deed, source }
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    }
}

fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

fn write_draft(draft: &Path, key: &SecretString) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(draft)?;
    file.write_all(key.expose_secret().as_bytes())?;
    file.write_all(b"\n")?;
    file.sync_all()
}

/// Makes the new name itself durable.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    fn set_mode(path: &Path, mode: u32) {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    fn planted(folder: &Path, content: &[u8]) -> PathBuf {
        let path = folder.join("planted.key");
        fs::write(&path, content).unwrap();
        set_mode(&path, 0o600);
        path
    }

    #[test]
    fn a_missing_key_is_made_once_for_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/data/master.key");
        let made = load_or_create(&path).unwrap();
        let again = load_or_create(&path).unwrap();
        assert_eq!(made.newest().id(), again.newest().id());
        assert_eq!(mode(&path), 0o600);
        assert_eq!(mode(path.parent().unwrap()), 0o700);
        assert_eq!(fs::read_to_string(&path).unwrap().len(), 45);
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn programs_that_start_together_share_one_key() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data/master.key");
        let threads: Vec<_> = (0..16)
            .map(|_| {
                let path = path.clone();
                std::thread::spawn(move || load_or_create(&path).unwrap().newest().id())
            })
            .collect();
        let ids: Vec<_> = threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect();
        assert!(ids.iter().all(|id| *id == ids[0]));
    }

    #[test]
    fn an_existing_key_is_never_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = planted(folder.path(), b"something");
        let error = create(&path, &MasterKey::generate().unwrap()).unwrap_err();
        assert!(matches!(error, SecurityError::KeyFileExists { .. }));
        assert_eq!(fs::read(&path).unwrap(), b"something");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_key_that_others_may_touch_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("master.key");
        load_or_create(&path).unwrap();
        for open in [0o640, 0o604, 0o620, 0o610, 0o666, 0o777] {
            set_mode(&path, open);
            let error = load_or_create(&path).unwrap_err();
            assert!(
                matches!(error, SecurityError::KeyFileOpenToOthers { mode, .. } if mode == open)
            );
            assert!(error.to_string().contains("chmod 600"));
        }
        set_mode(&path, 0o400);
        assert!(load(&path).is_ok());
    }

    #[test]
    fn a_link_is_judged_by_the_file_it_leads_to() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("master.key");
        load_or_create(&path).unwrap();
        let link = folder.path().join("link.key");
        symlink(&path, &link).unwrap();
        assert!(load(&link).is_ok());
        set_mode(&path, 0o644);
        assert!(matches!(
            load(&link),
            Err(SecurityError::KeyFileOpenToOthers { .. })
        ));
    }

    #[test]
    fn what_is_no_key_file_is_refused_by_name_without_its_content() {
        let folder = tempfile::tempdir().unwrap();
        let contents: [&[u8]; 4] = [b"", b"c2VjcmV0LXZhbHVl\n", &[0xff; 32], &[b'A'; 5000]];
        for content in contents {
            let path = planted(folder.path(), content);
            let shown = load(&path).unwrap_err().to_string();
            assert!(shown.contains("planted.key"), "{shown}");
            assert!(!shown.contains("c2VjcmV0"), "{shown}");
        }
        let missing = load(&folder.path().join("none.key"));
        assert!(matches!(missing, Err(SecurityError::KeyFileMissing { .. })));
        assert!(matches!(
            load(folder.path()),
            Err(SecurityError::KeyFileNotAFile { .. })
        ));
    }
}
