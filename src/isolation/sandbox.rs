//! What a worker gives up before it sees the first hostile byte: the network, writing and renaming, starting
//! programs, and the system calls that only an exploit would make. Landlock keeps the file system, seccomp the rest.
//!
//! A kernel without one of them weakens this, it does not stop the scan: the parent is told what holds. Where pages
//! are read by OCR the worker keeps the right to start programs, which inherit everything else of this.

use serde::{Deserialize, Serialize};

/// Which walls stand around a worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Walls {
    /// Landlock: nothing is written, and only the sources are read.
    pub files: bool,
    /// seccomp: no network, no new programs, no tracing, no keys, no mounts.
    pub calls: bool,
}

impl Walls {
    /// Whether both stand.
    pub fn are_whole(self) -> bool {
        self.files && self.calls
    }
}

/// Shuts this thread, and what it starts, in. `may_start` leaves it the right to start programs.
#[cfg(target_os = "linux")]
pub(super) fn enter(roots: &[Vec<u8>], may_start: bool) -> Walls {
    Walls {
        files: linux::wall_off_files(roots, may_start).is_ok_and(|is_whole| is_whole),
        calls: linux::wall_off_calls(may_start).is_ok(),
    }
}

/// Elsewhere there is no such wall.
#[cfg(not(target_os = "linux"))]
pub(super) fn enter(_: &[Vec<u8>], _: bool) -> Walls {
    Walls::default()
}

#[cfg(target_os = "linux")]
mod linux {
    use landlock::{
        ABI, Access as _, AccessFs, BitFlags, Ruleset, RulesetAttr as _, RulesetCreatedAttr as _, RulesetError,
        RulesetStatus, path_beneath_rules,
    };
    use seccompiler::{BpfProgram, SeccompAction, SeccompFilter};
    use std::collections::BTreeMap;
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;

    /// The rights that are taken away: those of Linux 6.2; older kernels take away what they know of them.
    const RIGHTS: ABI = ABI::V3;

    /// Reads below the roots stay allowed. A program that is started needs its libraries and data, and `/dev/null`.
    pub(super) fn wall_off_files(roots: &[Vec<u8>], may_start: bool) -> Result<bool, RulesetError> {
        let read: BitFlags<AccessFs> = AccessFs::ReadFile | AccessFs::ReadDir;
        let roots = roots.iter().filter(|root| !root.is_empty()).map(|root| OsStr::from_bytes(root));
        let mut walls = Ruleset::default().handle_access(AccessFs::from_all(RIGHTS))?.create()?;
        walls = walls.add_rules(path_beneath_rules(roots, read))?;
        if may_start {
            walls = walls.add_rules(path_beneath_rules(["/"], read | AccessFs::Execute))?;
            walls = walls.add_rules(path_beneath_rules(["/dev/null"], read | AccessFs::WriteFile))?;
        }
        Ok(walls.restrict_self()?.ruleset != RulesetStatus::NotEnforced)
    }

    /// Calls that no reader of files needs. They fail with EPERM, so that a library that tries one carries on.
    const NEVER: &[i64] = &[
        libc::SYS_socket,
        libc::SYS_socketpair,
        libc::SYS_connect,
        libc::SYS_bind,
        libc::SYS_listen,
        libc::SYS_accept,
        libc::SYS_accept4,
        libc::SYS_ptrace,
        libc::SYS_process_vm_readv,
        libc::SYS_process_vm_writev,
        libc::SYS_pidfd_getfd,
        libc::SYS_bpf,
        libc::SYS_perf_event_open,
        libc::SYS_userfaultfd,
        libc::SYS_io_uring_setup,
        libc::SYS_io_uring_enter,
        libc::SYS_io_uring_register,
        libc::SYS_keyctl,
        libc::SYS_add_key,
        libc::SYS_request_key,
        libc::SYS_mount,
        libc::SYS_umount2,
        libc::SYS_pivot_root,
        libc::SYS_chroot,
        libc::SYS_unshare,
        libc::SYS_setns,
        libc::SYS_kexec_load,
        libc::SYS_init_module,
        libc::SYS_finit_module,
        libc::SYS_delete_module,
        libc::SYS_reboot,
        libc::SYS_swapon,
        libc::SYS_swapoff,
        libc::SYS_settimeofday,
        libc::SYS_clock_settime,
        libc::SYS_sethostname,
        libc::SYS_personality,
        libc::SYS_setuid,
        libc::SYS_setgid,
        libc::SYS_setresuid,
        libc::SYS_setresgid,
        libc::SYS_setgroups,
        libc::SYS_fchmod,
        libc::SYS_fchmodat,
        libc::SYS_fchown,
        libc::SYS_fchownat,
        libc::SYS_utimensat,
        libc::SYS_setxattr,
        libc::SYS_lsetxattr,
        libc::SYS_fsetxattr,
        libc::SYS_removexattr,
        libc::SYS_lremovexattr,
        libc::SYS_fremovexattr,
        libc::SYS_unlinkat,
        libc::SYS_renameat2,
        libc::SYS_linkat,
        libc::SYS_symlinkat,
        libc::SYS_mkdirat,
        libc::SYS_mknodat,
        libc::SYS_truncate,
        libc::SYS_ftruncate,
        libc::SYS_fallocate,
    ];
    /// The older calls for the same, which x86-64 still has.
    #[cfg(target_arch = "x86_64")]
    const NEVER_OLD: &[i64] = &[
        libc::SYS_chmod,
        libc::SYS_chown,
        libc::SYS_lchown,
        libc::SYS_utime,
        libc::SYS_utimes,
        libc::SYS_futimesat,
        libc::SYS_unlink,
        libc::SYS_rename,
        libc::SYS_renameat,
        libc::SYS_link,
        libc::SYS_symlink,
        libc::SYS_mkdir,
        libc::SYS_rmdir,
        libc::SYS_mknod,
        libc::SYS_creat,
    ];
    #[cfg(not(target_arch = "x86_64"))]
    const NEVER_OLD: &[i64] = &[];
    /// Starting programs and signalling others.
    const STARTING: &[i64] = &[libc::SYS_execve, libc::SYS_execveat, libc::SYS_kill, libc::SYS_pidfd_send_signal];

    pub(super) fn wall_off_calls(may_start: bool) -> Result<(), Box<dyn std::error::Error>> {
        let starting = if may_start { &[] } else { STARTING };
        let refused: BTreeMap<_, _> =
            NEVER.iter().chain(NEVER_OLD).chain(starting).map(|call| (*call, Vec::new())).collect();
        let refuse = SeccompAction::Errno(libc::EPERM as u32);
        let filter = SeccompFilter::new(refused, SeccompAction::Allow, refuse, std::env::consts::ARCH.try_into()?)?;
        let program: BpfProgram = filter.try_into()?;
        Ok(seccompiler::apply_filter(&program)?)
    }

    #[cfg(test)]
    mod tests {
        use super::*;
        use std::thread;

        #[test]
        fn behind_the_walls_only_the_roots_are_read_and_nothing_is_written_or_connected() {
            let world = tempfile::tempdir().expect("folder");
            let (inside, outside) = (world.path().join("leak"), world.path().join("outside"));
            std::fs::create_dir(&inside).expect("made");
            std::fs::write(inside.join("file"), "x").expect("written");
            std::fs::write(&outside, "y").expect("written");
            let tried = thread::spawn(move || {
                let walls = super::super::enter(&[inside.as_os_str().as_bytes().to_vec()], false);
                let can_read = std::fs::File::open(inside.join("file")).is_ok();
                let can_leave = std::fs::File::open(&outside).is_ok();
                let can_write = std::fs::write(inside.join("new"), "z").is_ok();
                let can_remove = std::fs::remove_file(inside.join("file")).is_ok();
                let can_connect = std::net::TcpListener::bind("127.0.0.1:0").is_ok();
                (
                    walls,
                    can_read,
                    [can_leave, can_write].map(|can| can && walls.files),
                    [can_remove, can_connect].map(|can| can && walls.calls),
                )
            });
            let (_, can_read, files, calls) = tried.join().expect("joined");
            assert!(can_read);
            assert_eq!((files, calls), ([false; 2], [false; 2]));
        }
    }
}
