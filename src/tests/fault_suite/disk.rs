//! A disk of eight megabytes, to be filled.

use std::fs::{File, remove_file};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::support::say;

/// A small file system in memory, gone when dropped.
pub struct Disk(TempDir);

impl Disk {
    /// Mounts it; `None` where that is not allowed.
    pub fn mount() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let mounting = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=8m,mode=0700", "tmpfs"])
            .arg(folder.path())
            .stderr(Stdio::null())
            .status();
        let is_mounted = mounting.is_ok_and(|status| status.success());
        is_mounted.then_some(Self(folder))
    }

    pub fn tell_skipped() {
        say("SKIPPED: a full disk under SQLite, as no file system can be mounted here");
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// Leaves not a byte.
    pub fn fill(&self) {
        let mut ballast = File::create(self.path().join("ballast")).unwrap();
        for size in [64 << 10, 1 << 10, 1] {
            while ballast.write_all(&vec![0; size]).is_ok() {}
        }
    }

    pub fn free(&self) {
        remove_file(self.path().join("ballast")).unwrap();
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // Lazily, as the database may still be open.
        let unmounting = Command::new("umount").arg("-l").arg(self.path()).status();
        assert!(unmounting.unwrap().success());
    }
}
