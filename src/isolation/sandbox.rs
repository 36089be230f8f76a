//! What a worker gives up before it sees the first hostile byte: the network, writing and renaming, starting
//! programs, and the system calls that only an exploit would make. Landlock keeps the file system, seccomp the rest.
//!
//! An outside program gives up the same, but keeps what it needs to start: reading and executing what is installed.
//! A kernel without one of them weakens this, it does not stop the scan: the parent is told what holds.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use serde::{Deserialize, Serialize};
use std::io;

/// Bounds a resource of this process, if it is not bounded tighter already.
pub(super) fn bound(resource: Resource, bound: u64) -> io::Result<()> {
    let tighter = getrlimit(resource).maximum.map_or(bound, |maximum| maximum.min(bound));
    Ok(setrlimit(resource, Rlimit { current: Some(tighter), maximum: Some(tighter) })?)
}

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

/// Shuts this thread, and every thread that it starts, in: the roots may be read, nothing else.
#[cfg(target_os = "linux")]
pub(super) fn enter(roots: &[Vec<u8>]) -> Walls {
    Walls {
        files: linux::wall_off_files(roots).is_ok_and(|is_whole| is_whole),
        calls: linux::wall_off_calls(false).is_ok(),
    }
}

/// Shuts in a process that is about to become an outside program.
#[cfg(target_os = "linux")]
pub(super) fn enter_as_tool() -> Walls {
    Walls {
        files: linux::wall_off_writing().is_ok_and(|is_whole| is_whole),
        calls: linux::wall_off_calls(true).is_ok(),
    }
}

/// Elsewhere there is no such wall.
#[cfg(not(target_os = "linux"))]
pub(super) fn enter(_: &[Vec<u8>]) -> Walls {
    Walls::default()
}

/// Elsewhere there is no such wall.
#[cfg(not(target_os = "linux"))]
pub(super) fn enter_as_tool() -> Walls {
    Walls::default()
}

#[cfg(target_os = "linux")]
mod linux {
    use landlock::{
        ABI, Access as _, AccessFs, BitFlags, Ruleset, RulesetAttr as _, RulesetCreatedAttr as _, RulesetError,
        RulesetStatus, path_beneath_rules,
    };
    use seccompiler::{
        BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule,
    };
    use std::collections::BTreeMap;
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;

    /// The rights that are taken away: those of Linux 6.2; older kernels take away what they know of them.
    const RIGHTS: ABI = ABI::V3;

    /// Reads below the roots stay allowed.
    pub(super) fn wall_off_files(roots: &[Vec<u8>]) -> Result<bool, RulesetError> {
        let roots = roots.iter().filter(|root| !root.is_empty()).map(|root| OsStr::from_bytes(root));
        let walls = Ruleset::default().handle_access(AccessFs::from_all(RIGHTS))?.create()?;
        let walls = walls.add_rules(path_beneath_rules(roots, reading()))?;
        Ok(walls.restrict_self()?.ruleset != RulesetStatus::NotEnforced)
    }

    /// A program that is started needs its libraries and data, and `/dev/null`.
    pub(super) fn wall_off_writing() -> Result<bool, RulesetError> {
        let walls = Ruleset::default().handle_access(AccessFs::from_all(RIGHTS))?.create()?;
        let walls = walls.add_rules(path_beneath_rules(["/"], reading() | AccessFs::Execute))?;
        let walls = walls.add_rules(path_beneath_rules(["/dev/null"], reading() | AccessFs::WriteFile))?;
        Ok(walls.restrict_self()?.ruleset != RulesetStatus::NotEnforced)
    }

    fn reading() -> BitFlags<AccessFs> {
        AccessFs::ReadFile | AccessFs::ReadDir
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
    /// The older calls for the same. Threads are started with `clone`, which stays.
    #[cfg(target_arch = "x86_64")]
    const STARTING_OLD: &[i64] = &[libc::SYS_fork, libc::SYS_vfork];
    #[cfg(not(target_arch = "x86_64"))]
    const STARTING_OLD: &[i64] = &[];

    pub(super) fn wall_off_calls(may_start: bool) -> Result<(), Box<dyn std::error::Error>> {
        let mut refused: BTreeMap<i64, Vec<SeccompRule>> =
            NEVER.iter().chain(NEVER_OLD).map(|call| (*call, Vec::new())).collect();
        if !may_start {
            refused.extend(STARTING.iter().chain(STARTING_OLD).map(|call| (*call, Vec::new())));
            // Landlock says this too, where the kernel has it.
            refused.insert(libc::SYS_openat, opening_to_write(2)?);
            #[cfg(target_arch = "x86_64")]
            refused.insert(libc::SYS_open, opening_to_write(1)?);
        }
        let refuse = SeccompAction::Errno(libc::EPERM as u32);
        let filter = SeccompFilter::new(refused, SeccompAction::Allow, refuse, std::env::consts::ARCH.try_into()?)?;
        let program: BpfProgram = filter.try_into()?;
        Ok(seccompiler::apply_filter(&program)?)
    }

    /// Flags in this argument that open a file to write or make one.
    fn opening_to_write(argument: u8) -> Result<Vec<SeccompRule>, seccompiler::BackendError> {
        let flags =
            [(libc::O_ACCMODE, libc::O_WRONLY), (libc::O_ACCMODE, libc::O_RDWR), (libc::O_CREAT, libc::O_CREAT)];
        let rule = |(mask, value): (i32, i32)| {
            let operator = SeccompCmpOp::MaskedEq(mask as u64);
            let condition = SeccompCondition::new(argument, SeccompCmpArgLen::Dword, operator, value as u64)?;
            SeccompRule::new(vec![condition])
        };
        flags.into_iter().map(rule).collect()
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
                let walls = super::super::enter(&[inside.as_os_str().as_bytes().to_vec()]);
                let can_read = std::fs::File::open(inside.join("file")).is_ok();
                let can_leave = std::fs::File::open(&outside).is_ok();
                let can_write = std::fs::write(inside.join("new"), "z").is_ok();
                let can_remove = std::fs::remove_file(inside.join("file")).is_ok();
                #[expect(clippy::disallowed_methods, reason = "this is what must not work")]
                let can_start = std::process::Command::new("/bin/true").status().is_ok();
                let can_connect = std::net::TcpListener::bind("127.0.0.1:0").is_ok();
                (
                    walls,
                    can_read,
                    [can_leave, can_write].map(|can| can && walls.files),
                    [can_remove, can_connect, can_start].map(|can| can && walls.calls),
                )
            });
            let (_, can_read, files, calls) = tried.join().expect("joined");
            assert!(can_read);
            assert_eq!((files, calls), ([false; 2], [false; 3]));
        }
    }
}
