/* CO-RE for the host: fields are where the compiler put them, and every kernel is an old one. */
#ifndef STUBS_BPF_CORE_READ_H
#define STUBS_BPF_CORE_READ_H

#define STUB_READ_1(source, a)          ((source)->a)
#define STUB_READ_2(source, a, b)       ((source)->a->b)
#define STUB_READ_PICK(a, b, name, ...) name
#define BPF_CORE_READ(source, ...)                                                                 \
	STUB_READ_PICK(__VA_ARGS__, STUB_READ_2, STUB_READ_1, )(source, __VA_ARGS__)
#define BPF_CORE_READ_INTO(to, source, field)   memcpy((to), &(source)->field, sizeof(*(to)))
#define bpf_core_read(to, size, from)           memcpy((to), (from), (size))
#define bpf_core_type_size(type)                sizeof(type)
#define bpf_core_field_offset(type, field)      offsetof(type, field)
#define bpf_core_field_exists(field)            0
#define bpf_core_enum_value_exists(type, value) 0
#define bpf_core_enum_value(type, value)        ((__u8)(value))

#endif
