//! File locks: the system lets go of them when a process dies, however it dies.

use std::{
    fs::{File, TryLockError},
    io,
    path::Path,
    thread,
    time::{Duration, Instant},
};

use crate::DatasetError;

/// How long to wait for the workers of a capture that was killed.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// A locked file; unlocked when dropped.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
}

#[derive(Clone, Copy)]
pub(crate) enum Kind {
    Shared,
    Exclusive,
}

/// Locks a file, which is made if need be; `None` when another process still held it after `patience`.
pub(crate) fn lock(path: &Path, kind: Kind, patience: Duration) -> Result<Option<Lock>, DatasetError> {
    let file = File::options().create(true).append(true).open(path).map_err(DatasetError::io("open", path))?;
    Ok(hold(&file, kind, patience).map_err(DatasetError::io("lock", path))?.then_some(Lock { _file: file }))
}

/// Locks an open file; false when another process still held it after `patience`.
pub(crate) fn hold(file: &File, kind: Kind, patience: Duration) -> io::Result<bool> {
    let begun = Instant::now();
    loop {
        let tried = match kind {
            Kind::Shared => file.try_lock_shared(),
            Kind::Exclusive => file.try_lock(),
        };
        match tried {
            Ok(()) => return Ok(true),
            Err(TryLockError::Error(error)) => return Err(error),
            Err(TryLockError::WouldBlock) if begun.elapsed() >= patience => return Ok(false),
            Err(TryLockError::WouldBlock) => thread::sleep(Duration::from_millis(50)),
        }
    }
}
