/*
 * Preloaded into limpet: a kernel that refuses programs. $REFUSED_PROGRAMS: their names between
 * commas, of at most 15 bytes each, as the kernel gets them.
 */
#include <errno.h>
#include <linux/bpf.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static long call(long number, const long words[6])
{
	register long r10 __asm__("r10") = words[3];
	register long r8 __asm__("r8") = words[4];
	register long r9 __asm__("r9") = words[5];
	long result;

	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(number), "D"(words[0]), "S"(words[1]), "d"(words[2]), "r"(r10),
			   "r"(r8), "r"(r9)
			 : "rcx", "r11", "memory");
	if (result < 0 && result > -4096) {
		errno = (int)-result;
		return -1;
	}
	return result;
}

static int is_refused(const union bpf_attr *attr)
{
	const char *names = getenv("REFUSED_PROGRAMS");
	char wanted[BPF_OBJ_NAME_LEN + 2];

	(void)snprintf(wanted, sizeof(wanted), ",%.15s,", attr->prog_name);
	return names && attr->prog_name[0] && strstr(names, wanted);
}

long syscall(long number, ...)
{
	long words[6];
	va_list args;

	va_start(args, number);
	for (int i = 0; i < 6; i++)
		words[i] = va_arg(args, long);
	va_end(args);
	if (number == SYS_bpf && words[0] == BPF_PROG_LOAD &&
	    is_refused((const union bpf_attr *)words[1])) {
		errno = EACCES;
		return -1;
	}
	return call(number, words);
}
