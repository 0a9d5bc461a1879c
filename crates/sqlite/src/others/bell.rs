//! Waiting for a file to be written.

/// Why a wait is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Heard {
    /// [`Bell::end`] was called.
    End,
    /// The file was written since [`Bell::listen`].
    #[cfg_attr(
        not(target_os = "linux"),
        expect(dead_code, reason = "nothing is heard there")
    )]
    Write,
    /// The time is over.
    Nothing,
}

#[cfg(target_os = "linux")]
pub(super) use self::linux::Bell;
#[cfg(not(target_os = "linux"))]
pub(super) use self::silent::Bell;

/// By inotify(7) and eventfd(2).
#[cfg(target_os = "linux")]
mod linux {
    use std::io;
    use std::os::fd::OwnedFd;
    use std::path::PathBuf;
    use std::time::Duration;

    use rustix::event::{EventfdFlags, PollFd, PollFlags, Timespec, eventfd, poll};
    use rustix::fs::inotify::{self, CreateFlags, WatchFlags};
    use rustix::io::{read, retry_on_intr, write};

    use super::Heard;

    #[derive(Debug)]
    pub(crate) struct Bell {
        file: PathBuf,
        over: OwnedFd,
        writes: OwnedFd,
    }

    impl Bell {
        pub(crate) fn new(file: PathBuf) -> io::Result<Self> {
            let nobody_writes = || eventfd(0, EventfdFlags::CLOEXEC);
            let watch = inotify::init(CreateFlags::CLOEXEC | CreateFlags::NONBLOCK);
            Ok(Self {
                file,
                over: nobody_writes()?,
                // A user may have so many of them only (`max_user_instances`): what never rings does as well.
                writes: watch.or_else(|_none_left| nobody_writes())?,
            })
        }

        /// Listens for the next write, and for none after it. False where none can be heard.
        pub(crate) fn listen(&self) -> bool {
            let next = WatchFlags::MODIFY | WatchFlags::ONESHOT;
            inotify::add_watch(&self.writes, &self.file, next).is_ok()
        }

        /// Waits for what comes first.
        pub(crate) fn wait(&self, longest: Duration) -> Heard {
            let mut fds = [
                PollFd::new(&self.over, PollFlags::IN),
                PollFd::new(&self.writes, PollFlags::IN),
            ];
            let timeout = Timespec::try_from(longest).ok();
            if retry_on_intr(|| poll(&mut fds, timeout.as_ref())).is_err() {
                std::thread::sleep(longest);
                return Heard::Nothing;
            }
            let [over, writes] = fds.map(|fd| fd.revents().contains(PollFlags::IN));
            if over {
                return Heard::End;
            }
            if !writes {
                return Heard::Nothing;
            }
            // Taken, so that the next one rings again.
            let mut events = [0; 1024];
            let _read = read(&self.writes, &mut events);
            Heard::Write
        }

        /// Ends this wait and all that come.
        pub(crate) fn end(&self) {
            if let Err(e) = write(&self.over, &1_u64.to_ne_bytes()) {
                tracing::error!("cannot end the thread that notices other processes' commits: {e}");
            }
        }
    }
}

/// On other systems nothing is heard.
#[cfg(not(target_os = "linux"))]
mod silent {
    use std::io;
    use std::path::PathBuf;
    use std::sync::{Condvar, Mutex, PoisonError};
    use std::time::Duration;

    use super::Heard;

    #[derive(Debug)]
    pub(crate) struct Bell {
        over: Mutex<bool>,
        ended: Condvar,
    }

    impl Bell {
        pub(crate) fn new(_file: PathBuf) -> io::Result<Self> {
            Ok(Self {
                over: Mutex::new(false),
                ended: Condvar::new(),
            })
        }

        pub(crate) fn listen(&self) -> bool {
            false
        }

        pub(crate) fn wait(&self, longest: Duration) -> Heard {
            let over = self.over.lock().unwrap_or_else(PoisonError::into_inner);
            let (over, _) = self
                .ended
                .wait_timeout_while(over, longest, |over| !*over)
                .unwrap_or_else(PoisonError::into_inner);
            if *over { Heard::End } else { Heard::Nothing }
        }

        pub(crate) fn end(&self) {
            *self.over.lock().unwrap_or_else(PoisonError::into_inner) = true;
            self.ended.notify_all();
        }
    }
}
