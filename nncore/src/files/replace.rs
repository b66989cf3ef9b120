//! Writing a file such that it is complete, or as it was.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A chain of symbolic links is no longer, as on Linux.
const MOST_LINKS: usize = 40;

/// Writes what a path names: a file is replaced as a whole, anything else is written to.
pub fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    match destination(path)? {
        Destination::Stream { append } => {
            let mut options = OpenOptions::new();
            let mut stream = options.append(append).write(!append).open(path)?;
            stream.write_all(bytes)
        }
        Destination::File(path) => replace(&path, |file| file.write_all(bytes)),
    }
}

/// What a path leads to.
enum Destination {
    /// A device or a pipe, or a file that is open already: another in its place would not be it.
    Stream {
        /// What has been written to an open file stays.
        append: bool,
    },
    /// A file, there or not, by a path without a symbolic link at its end.
    File(PathBuf),
}

fn destination(path: &Path) -> io::Result<Destination> {
    match fs::metadata(path) {
        Ok(found) if !found.is_file() => return Ok(Destination::Stream { append: false }),
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        Ok(_) | Err(_) => {}
    }
    let mut path = path.to_owned();
    for _ in 0..=MOST_LINKS {
        if is_descriptor(&path) {
            return Ok(Destination::Stream { append: true });
        }
        match fs::read_link(&path) {
            Ok(target) => path = directory(&path).join(target),
            Err(_) => return Ok(Destination::File(path)),
        }
    }
    Err(io::Error::other("too many symbolic links"))
}

/// The directory that a file lies in.
fn directory(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Whether a path is the number of an open file, as `/dev/stdout` leads to one.
#[cfg(unix)]
fn is_descriptor(path: &Path) -> bool {
    let directory = fs::canonicalize(directory(path));
    directory.is_ok_and(|directory| directory.starts_with("/proc") || directory == *"/dev/fd")
}

#[cfg(not(unix))]
fn is_descriptor(_: &Path) -> bool {
    false
}

/// Writes another file in the same directory, and gives it the name when it is complete.
fn replace(path: &Path, write: impl FnOnce(&mut File) -> io::Result<()>) -> io::Result<()> {
    // What may not be written is not replaced either.
    let before = match OpenOptions::new().write(true).open(path) {
        Ok(file) => Some(file.metadata()?),
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => return Err(error),
    };
    let (temporary, mut file) = Temporary::new_in(directory(path), before.as_ref())?;
    write(&mut file)?;
    if let Some(before) = before {
        keep_owner(&file, &before);
        file.set_permissions(before.permissions())?;
    }
    // The data are on the disk before the name is, or a crash could leave a name without data.
    file.sync_all()?;
    drop(file);
    temporary.rename(path)?;
    sync_directory(directory(path));
    Ok(())
}

/// A file that is removed unless it is given another name.
struct Temporary {
    path: PathBuf,
    is_named: bool,
}

impl Temporary {
    /// A file that nobody may read who may not read the one `before`.
    fn new_in(directory: &Path, before: Option<&Metadata>) -> io::Result<(Self, File)> {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        if let Some(before) = before {
            restrict(&mut options, before);
        }
        loop {
            let count = COUNT.fetch_add(1, Ordering::Relaxed);
            let path = directory.join(format!(".tapeless-{}-{count}.tmp", process::id()));
            match options.open(&path) {
                Ok(file) => return Ok((Self { path, is_named: false }, file)),
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
    }

    fn rename(mut self, path: &Path) -> io::Result<()> {
        fs::rename(&self.path, path)?;
        self.is_named = true;
        Ok(())
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if !self.is_named {
            // The error that led here is the one to report.
            let _ = fs::remove_file(&self.path);
        }
    }
}

#[cfg(unix)]
fn restrict(options: &mut OpenOptions, before: &Metadata) {
    use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
    options.mode(before.mode() & 0o777);
}

#[cfg(not(unix))]
fn restrict(_: &mut OpenOptions, _: &Metadata) {}

/// As far as the process may: a file of somebody else's becomes its own.
#[cfg(unix)]
fn keep_owner(file: &File, before: &Metadata) {
    use std::os::unix::fs::{MetadataExt, fchown};
    let _ = fchown(file, Some(before.uid()), Some(before.gid()))
        .or_else(|_| fchown(file, None, Some(before.gid())));
}

#[cfg(not(unix))]
fn keep_owner(_: &File, _: &Metadata) {}

/// The new name is on the disk too, where directories can be told so.
#[cfg(unix)]
fn sync_directory(directory: &Path) {
    // The file is complete by now, whether or not this can be done.
    let _ = File::open(directory).and_then(|directory| directory.sync_all());
}

#[cfg(not(unix))]
fn sync_directory(_: &Path) {}

#[cfg(test)]
mod tests {
    use super::*;

    /// A directory of a test's own, which is removed with all that is in it.
    struct Directory(PathBuf);

    impl Directory {
        fn new(name: &str) -> Self {
            let name = format!("tapeless-replace-{}-{name}", process::id());
            let path = std::env::temp_dir().join(name);
            fs::create_dir(&path).unwrap();
            Self(path)
        }

        fn path(&self, name: &str) -> PathBuf {
            self.0.join(name)
        }

        fn names(&self) -> Vec<String> {
            let entries = fs::read_dir(&self.0).unwrap();
            let name = |entry: io::Result<fs::DirEntry>| entry.unwrap().file_name();
            let mut names: Vec<String> =
                entries.map(|entry| name(entry).into_string().unwrap()).collect();
            names.sort();
            names
        }
    }

    impl Drop for Directory {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn a_file_is_replaced_as_a_whole() {
        let directory = Directory::new("whole");
        let file = directory.path("model");
        write(&file, b"the first").unwrap();
        write(&file, b"next").unwrap();
        assert_eq!(fs::read(&file).unwrap(), b"next");
        assert_eq!(directory.names(), ["model"]);
    }

    #[test]
    fn what_fails_half_way_leaves_the_file_as_it_was() {
        let directory = Directory::new("half");
        for name in ["old", "new"] {
            let file = directory.path(name);
            if name == "old" {
                fs::write(&file, "old").unwrap();
            }
            let full = |file: &mut File| {
                file.write_all(b"half")?;
                Err(ErrorKind::StorageFull.into())
            };
            assert_eq!(replace(&file, full).unwrap_err().kind(), ErrorKind::StorageFull);
        }
        assert_eq!(fs::read(directory.path("old")).unwrap(), b"old");
        assert_eq!(directory.names(), ["old"]);
        // Nothing can be made in a directory that is not there, or take the place of one.
        assert!(write(&directory.path("absent/model"), b"").is_err());
        assert!(write(&directory.0, b"").is_err());
        assert!(write(Path::new(""), b"").is_err());
        assert_eq!(directory.names(), ["old"]);
    }

    #[test]
    fn a_file_left_by_another_process_is_in_nobodys_way() {
        let directory = Directory::new("left");
        for count in 0..64 {
            fs::write(directory.path(&format!(".tapeless-{}-{count}.tmp", process::id())), "")
                .unwrap();
        }
        write(&directory.path("model"), b"new").unwrap();
        assert_eq!(fs::read(directory.path("model")).unwrap(), b"new");
        assert_eq!(directory.names().len(), 65);
    }

    #[cfg(unix)]
    mod unix {
        use std::io::Read;
        use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt, symlink};
        use std::process::Command;
        use std::thread;

        use super::*;

        fn mode(path: &Path) -> u32 {
            fs::metadata(path).unwrap().permissions().mode() & 0o7777
        }

        #[test]
        fn permissions_are_those_of_any_file_or_of_the_one_before() {
            let directory = Directory::new("mode");
            File::create(directory.path("usual")).unwrap();
            let new = directory.path("new");
            write(&new, b"").unwrap();
            assert_eq!(mode(&new), mode(&directory.path("usual")));
            for permissions in [0o600, 0o664, 0o640, 0o777] {
                fs::set_permissions(&new, fs::Permissions::from_mode(permissions)).unwrap();
                write(&new, b"next").unwrap();
                assert_eq!(mode(&new), permissions);
            }
        }

        #[test]
        fn links_stay_links() {
            let directory = Directory::new("links");
            fs::create_dir(directory.path("other")).unwrap();
            symlink("other/target", directory.path("near")).unwrap();
            symlink(directory.path("near"), directory.path("far")).unwrap();
            for (name, content) in [("near", "new"), ("far", "replaced")] {
                write(&directory.path(name), content.as_bytes()).unwrap();
                assert_eq!(fs::read_to_string(directory.path("other/target")).unwrap(), content);
            }
            for name in ["near", "far"] {
                assert!(fs::symlink_metadata(directory.path(name)).unwrap().is_symlink());
            }
            assert_eq!(directory.names(), ["far", "near", "other"]);
            symlink("circle", directory.path("circle")).unwrap();
            assert!(write(&directory.path("circle"), b"").is_err());
        }

        #[test]
        fn devices_and_pipes_are_written_to() {
            write(Path::new("/dev/null"), b"gone").unwrap();
            assert!(fs::metadata("/dev/null").unwrap().file_type().is_char_device());
            if Path::new("/dev/full").exists() {
                let error = write(Path::new("/dev/full"), b"too much").unwrap_err();
                assert_eq!(error.kind(), ErrorKind::StorageFull);
            }
            let directory = Directory::new("pipes");
            let pipe = directory.path("pipe");
            assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
            let mut read = String::new();
            thread::scope(|scope| {
                scope.spawn(|| write(&pipe, b"through the pipe").unwrap());
                File::open(&pipe).unwrap().read_to_string(&mut read).unwrap();
            });
            assert_eq!(read, "through the pipe");
            assert!(fs::metadata(&pipe).unwrap().file_type().is_fifo());
            assert_eq!(directory.names(), ["pipe"]);
        }

        #[test]
        fn an_open_file_is_not_replaced() {
            use std::os::fd::AsRawFd;
            let directory = Directory::new("open");
            let mut file = File::create(directory.path("output")).unwrap();
            file.write_all(b"before, ").unwrap();
            let number = fs::metadata(directory.path("output")).unwrap().ino();
            let descriptor = PathBuf::from(format!("/dev/fd/{}", file.as_raw_fd()));
            symlink(&descriptor, directory.path("link")).unwrap();
            write(&descriptor, b"after").unwrap();
            write(&directory.path("link"), b".").unwrap();
            let found = fs::metadata(directory.path("output")).unwrap();
            assert_eq!(found.ino(), number);
            assert_eq!(fs::read(directory.path("output")).unwrap(), b"before, after.");
        }

        #[test]
        fn what_may_not_be_written_is_not_replaced() {
            let directory = Directory::new("protected");
            let file = directory.path("model");
            fs::write(&file, "old").unwrap();
            fs::set_permissions(&file, fs::Permissions::from_mode(0o444)).unwrap();
            // An administrator may write everything.
            let may_write = OpenOptions::new().write(true).open(&file).is_ok();
            assert_eq!(write(&file, b"new").is_ok(), may_write);
            assert_eq!(fs::read(&file).unwrap() == b"new", may_write);
            assert_eq!(mode(&file), 0o444);
            assert_eq!(directory.names(), ["model"]);
        }
    }
}
