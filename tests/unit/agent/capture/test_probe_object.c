/* Both objects have the same maps, programs and settings in the same places: the skeleton knows one
 * layout. */
#include "cmocka_test.h"

#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <linux/types.h>
#include <string.h>
#include "capture/probe_object.h"
#include "shared/settings.h"
#include "probes.skel.h"

static void test_maps(void **state)
{
	struct probes *full = probe_object_open(false), *plain = probe_object_open(true);
	struct bpf_map *map, *other;
	int count = 0;

	(void)state;
	assert_non_null(full);
	assert_non_null(plain);
	bpf_object__for_each_map(map, full->obj)
	{
		other = bpf_object__find_map_by_name(plain->obj, bpf_map__name(map));
		assert_non_null(other);
		assert_int_equal(bpf_map__type(map), bpf_map__type(other));
		assert_int_equal(bpf_map__key_size(map), bpf_map__key_size(other));
		assert_int_equal(bpf_map__value_size(map), bpf_map__value_size(other));
		count++;
	}
	bpf_object__for_each_map(map, plain->obj) count--;
	assert_int_equal(count, 0);
	probes__destroy(full);
	probes__destroy(plain);
}

static void test_programs(void **state)
{
	struct probes *full = probe_object_open(false), *plain = probe_object_open(true);
	struct bpf_program *program, *other;
	int count = 0;

	(void)state;
	bpf_object__for_each_program(program, full->obj)
	{
		other = bpf_object__find_program_by_name(plain->obj, bpf_program__name(program));
		assert_non_null(other);
		assert_string_equal(bpf_program__section_name(program),
				    bpf_program__section_name(other));
		count++;
	}
	bpf_object__for_each_program(program, plain->obj) count--;
	assert_int_equal(count, 0);
	probes__destroy(full);
	probes__destroy(plain);
}

/* Where each setting and counter lies. */
static void compare_variables(const struct btf *full, const struct btf *plain, const char *section)
{
	int full_id = btf__find_by_name_kind(full, section, BTF_KIND_DATASEC);
	int plain_id = btf__find_by_name_kind(plain, section, BTF_KIND_DATASEC);
	const struct btf_type *full_type = btf__type_by_id(full, (__u32)full_id);
	const struct btf_type *plain_type = btf__type_by_id(plain, (__u32)plain_id);

	assert_int_equal(full_id > 0, plain_id > 0);
	if (full_id <= 0)
		return;
	assert_int_equal(btf_vlen(full_type), btf_vlen(plain_type));
	for (__u16 i = 0; i < btf_vlen(full_type); i++) {
		const struct btf_var_secinfo *a = &btf_var_secinfos(full_type)[i];
		const struct btf_var_secinfo *b = &btf_var_secinfos(plain_type)[i];

		assert_int_equal(a->offset, b->offset);
		assert_int_equal(a->size, b->size);
		assert_string_equal(
			btf__name_by_offset(full, btf__type_by_id(full, a->type)->name_off),
			btf__name_by_offset(plain, btf__type_by_id(plain, b->type)->name_off));
	}
}

static void test_variables(void **state)
{
	static const char *const sections[] = {".rodata", ".data", ".bss"};
	struct probes *full = probe_object_open(false), *plain = probe_object_open(true);

	(void)state;
	for (size_t i = 0; i < 3; i++)
		compare_variables(bpf_object__btf(full->obj), bpf_object__btf(plain->obj),
				  sections[i]);
	assert_true(btf__find_by_name_kind(bpf_object__btf(full->obj), "bpf_preempt_disable",
					   BTF_KIND_FUNC) > 0);
	assert_true(btf__find_by_name_kind(bpf_object__btf(plain->obj), "bpf_preempt_disable",
					   BTF_KIND_FUNC) < 0);
	probes__destroy(full);
	probes__destroy(plain);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_maps),
		cmocka_unit_test(test_programs),
		cmocka_unit_test(test_variables),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
