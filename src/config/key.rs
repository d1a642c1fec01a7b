//! Where the master key comes from.

use std::path::{Path, PathBuf};

use secrecy::SecretString;

use super::{DatabaseKind, reader::Reader};

/// Where the master key comes from. What it says is read elsewhere.
#[derive(Clone, Debug)]
pub enum KeySource {
    /// `ENCRYPTION_KEY`: the keys themselves, base64, comma separated, newest first.
    Text(SecretString),
    /// `ENCRYPTION_KEY_FILE`: an existing file with the same.
    File(PathBuf),
    /// Neither is set: this file, `master.key` under `DATA_DIR`, made at the first start.
    DataDir(PathBuf),
}

impl KeySource {
    pub(super) fn read(reader: &mut Reader<'_>, kind: DatabaseKind, data_dir: &Path) -> Self {
        let text = reader.text("ENCRYPTION_KEY");
        let file = reader.text("ENCRYPTION_KEY_FILE");
        let both = "ENCRYPTION_KEY and ENCRYPTION_KEY_FILE";
        match (text, file) {
            (Some(text), file) => {
                if file.is_some() {
                    reader.wrong(both, "only one of the two can be set");
                }
                Self::Text(SecretString::from(text.as_str()))
            }
            (None, Some(file)) => Self::File(PathBuf::from(file.as_str())),
            (None, None) => {
                if kind == DatabaseKind::Postgres {
                    reader.wrong(both, "with PostgreSQL, one of the two must be set");
                }
                Self::DataDir(data_dir.join("master.key"))
            }
        }
    }
}
