/* Byte order for programs compiled for the host. */
#ifndef STUBS_BPF_ENDIAN_H
#define STUBS_BPF_ENDIAN_H

#define bpf_ntohs(value) __builtin_bswap16(value)

#endif
