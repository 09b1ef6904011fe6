/* One row per call; the numbers are the C library's for this architecture. */
#include "crash/syscall_name.h"

#include <stddef.h>
#include <sys/syscall.h>

#define ROW(call) {SYS_##call, #call},

/* clang-format off */
static const struct {
	unsigned int number;
	const char *name;
} rows[] = {
	ROW(read) ROW(write) ROW(close) ROW(fstat) ROW(lseek) ROW(mmap) ROW(mprotect) ROW(munmap)
	ROW(brk) ROW(ioctl) ROW(pread64) ROW(pwrite64) ROW(readv) ROW(writev) ROW(mremap)
	ROW(msync) ROW(mincore) ROW(madvise) ROW(shmget) ROW(shmat) ROW(shmctl) ROW(dup)
	ROW(nanosleep) ROW(socket) ROW(connect) ROW(accept) ROW(sendto) ROW(recvfrom) ROW(sendmsg)
	ROW(recvmsg) ROW(shutdown) ROW(bind) ROW(listen) ROW(getsockname) ROW(getpeername)
	ROW(socketpair) ROW(setsockopt) ROW(getsockopt) ROW(clone) ROW(execve) ROW(wait4)
	ROW(kill) ROW(fcntl) ROW(flock) ROW(fsync) ROW(fdatasync) ROW(truncate) ROW(ftruncate)
	ROW(getcwd) ROW(chdir) ROW(fchdir) ROW(fchmod) ROW(fchown) ROW(umask) ROW(getrlimit)
	ROW(setrlimit) ROW(prlimit64) ROW(ptrace) ROW(setuid) ROW(setgid) ROW(setreuid)
	ROW(setresuid) ROW(setresgid) ROW(setgroups) ROW(capset) ROW(sigaltstack) ROW(statfs)
	ROW(fstatfs) ROW(prctl) ROW(chroot) ROW(sync) ROW(mount) ROW(umount2) ROW(swapon)
	ROW(reboot) ROW(sethostname) ROW(init_module) ROW(finit_module) ROW(delete_module)
	ROW(quotactl) ROW(gettid) ROW(tkill) ROW(tgkill) ROW(futex) ROW(sched_setaffinity)
	ROW(sched_setscheduler) ROW(io_setup) ROW(io_submit) ROW(io_getevents) ROW(epoll_create1)
	ROW(epoll_ctl) ROW(epoll_pwait) ROW(getdents64) ROW(fadvise64) ROW(timer_create)
	ROW(clock_gettime) ROW(clock_nanosleep) ROW(waitid) ROW(keyctl) ROW(inotify_init1)
	ROW(inotify_add_watch) ROW(openat) ROW(openat2) ROW(mkdirat) ROW(mknodat) ROW(fchownat)
	ROW(newfstatat) ROW(unlinkat) ROW(renameat) ROW(renameat2) ROW(linkat) ROW(symlinkat)
	ROW(readlinkat) ROW(fchmodat) ROW(faccessat) ROW(faccessat2) ROW(unshare) ROW(setns)
	ROW(splice) ROW(tee) ROW(vmsplice) ROW(sync_file_range) ROW(utimensat) ROW(signalfd4)
	ROW(timerfd_create) ROW(timerfd_settime) ROW(eventfd2) ROW(fallocate) ROW(accept4)
	ROW(dup3) ROW(pipe2) ROW(preadv) ROW(pwritev) ROW(preadv2) ROW(pwritev2)
	ROW(perf_event_open) ROW(recvmmsg) ROW(sendmmsg) ROW(fanotify_init) ROW(name_to_handle_at)
	ROW(open_by_handle_at) ROW(process_vm_readv) ROW(process_vm_writev) ROW(kcmp)
	ROW(sched_setattr) ROW(seccomp) ROW(getrandom) ROW(memfd_create) ROW(bpf) ROW(execveat)
	ROW(userfaultfd) ROW(membarrier) ROW(mlock) ROW(mlock2) ROW(mlockall) ROW(copy_file_range)
	ROW(pkey_mprotect) ROW(statx) ROW(io_uring_setup) ROW(io_uring_enter)
	ROW(io_uring_register) ROW(pidfd_open) ROW(pidfd_send_signal) ROW(pidfd_getfd) ROW(clone3)
	ROW(close_range) ROW(setxattr) ROW(lsetxattr) ROW(fsetxattr) ROW(getxattr) ROW(lgetxattr)
	ROW(fgetxattr) ROW(listxattr) ROW(removexattr) ROW(semget) ROW(semop) ROW(semtimedop)
	ROW(msgget) ROW(msgsnd) ROW(msgrcv) ROW(mq_open) ROW(personality) ROW(rt_sigaction)
	ROW(rt_sigprocmask) ROW(rt_sigqueueinfo) ROW(rt_sigtimedwait) ROW(setitimer) ROW(uname)
	ROW(sysinfo) ROW(setpriority)
	ROW(rt_sigreturn) ROW(sched_yield) ROW(getitimer) ROW(getpid) ROW(sendfile) ROW(exit)
	ROW(semctl) ROW(shmdt) ROW(msgctl) ROW(gettimeofday) ROW(getrusage) ROW(times) ROW(getuid)
	ROW(syslog) ROW(getgid) ROW(geteuid) ROW(getegid) ROW(setpgid) ROW(getppid) ROW(setsid)
	ROW(setregid) ROW(getgroups) ROW(getresuid) ROW(getresgid) ROW(getpgid) ROW(setfsuid)
	ROW(setfsgid) ROW(getsid) ROW(capget) ROW(rt_sigpending) ROW(rt_sigsuspend)
	ROW(getpriority) ROW(sched_setparam) ROW(sched_getparam) ROW(sched_getscheduler)
	ROW(sched_get_priority_max) ROW(sched_get_priority_min) ROW(sched_rr_get_interval)
	ROW(munlock) ROW(munlockall) ROW(vhangup) ROW(pivot_root) ROW(adjtimex) ROW(acct)
	ROW(settimeofday) ROW(swapoff) ROW(setdomainname) ROW(readahead) ROW(llistxattr)
	ROW(flistxattr) ROW(lremovexattr) ROW(fremovexattr) ROW(sched_getaffinity) ROW(io_destroy)
	ROW(io_cancel) ROW(set_tid_address) ROW(restart_syscall) ROW(timer_settime)
	ROW(timer_gettime) ROW(timer_getoverrun) ROW(timer_delete) ROW(clock_settime)
	ROW(clock_getres) ROW(exit_group) ROW(mbind) ROW(set_mempolicy) ROW(get_mempolicy)
	ROW(mq_unlink) ROW(mq_timedsend) ROW(mq_timedreceive) ROW(mq_notify) ROW(mq_getsetattr)
	ROW(kexec_load) ROW(add_key) ROW(request_key) ROW(ioprio_set) ROW(ioprio_get)
	ROW(inotify_rm_watch) ROW(migrate_pages) ROW(pselect6) ROW(ppoll) ROW(set_robust_list)
	ROW(get_robust_list) ROW(move_pages) ROW(timerfd_gettime) ROW(rt_tgsigqueueinfo)
	ROW(fanotify_mark) ROW(clock_adjtime) ROW(syncfs) ROW(getcpu) ROW(sched_getattr)
	ROW(pkey_alloc) ROW(pkey_free) ROW(io_pgetevents) ROW(rseq) ROW(open_tree) ROW(move_mount)
	ROW(fsopen) ROW(fsconfig) ROW(fsmount) ROW(fspick) ROW(process_madvise) ROW(epoll_pwait2)
	ROW(landlock_create_ruleset) ROW(landlock_add_rule) ROW(landlock_restrict_self)
	ROW(futex_waitv)
#if defined(__x86_64__) /* newer architectures have only their successors */
	ROW(open) ROW(stat) ROW(lstat) ROW(poll) ROW(access) ROW(pipe) ROW(select) ROW(dup2)
	ROW(alarm) ROW(fork) ROW(vfork) ROW(getdents) ROW(rename) ROW(mkdir) ROW(rmdir) ROW(creat)
	ROW(link) ROW(unlink) ROW(symlink) ROW(readlink) ROW(chmod) ROW(chown) ROW(lchown)
	ROW(arch_prctl) ROW(epoll_create) ROW(epoll_wait) ROW(mknod)
	ROW(pause) ROW(getpgrp) ROW(utime) ROW(time) ROW(utimes) ROW(inotify_init) ROW(signalfd)
	ROW(eventfd)
#endif
};
/* clang-format on */

const char *syscall_name_find(unsigned int number)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].number == number)
			return rows[i].name;
	return NULL;
}

const char *syscall_name_of(unsigned int number)
{
	const char *name = syscall_name_find(number);

	return name ? name : "unknown system call";
}
