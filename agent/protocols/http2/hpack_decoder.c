/*
 * Chooses who reads a header block. libnghttp2 allocates from the sessions' budget, and its table
 * is bounded: an encoder announces a larger size than 4 KiB before it uses it (RFC 7541 section
 * 6.3), so SETTINGS need not be followed. When it fails for whatever reason, the tolerant reader
 * takes over with an empty table and guesses nothing.
 */
#include "protocols/http2/hpack_decoder.h"

#include <nghttp2/nghttp2.h>
#include "base/cleanup.h"
#include "protocols/http2/hpack_memory.h"
#include "protocols/http2/hpack_tolerant.h"

#define MAX_TABLE_BYTES 65536

static void *allocate(size_t size, void *budget)
{
	return hpack_memory_new(budget, size);
}

static void *allocate_many(size_t count, size_t size, void *budget)
{
	return size && count > SIZE_MAX / size ? NULL : hpack_memory_new(budget, count * size);
}

static void *resize(void *memory, size_t size, void *budget)
{
	return hpack_memory_resize(budget, memory, size);
}

static void release(void *memory, void *budget)
{
	hpack_memory_free(budget, memory);
}

void hpack_decoder_init(struct hpack_decoder *decoder, struct session_budget *budget)
{
	nghttp2_mem *memory = hpack_memory_new(budget, sizeof(*memory));
	nghttp2_hd_inflater *inflater;

	*decoder = (struct hpack_decoder){0};
	if (!memory)
		return;
	/* libnghttp2 keeps the pointer. */
	*memory = (nghttp2_mem){budget, allocate, release, allocate_many, resize};
	if (nghttp2_hd_inflate_new2(&inflater, memory) != 0) {
		hpack_memory_free(budget, memory);
		return;
	}
	decoder->memory = memory;
	(void)nghttp2_hd_inflate_change_table_size(inflater, MAX_TABLE_BYTES);
	decoder->inflater = inflater;
}

void hpack_decoder_done(struct hpack_decoder *decoder, struct session_budget *budget)
{
	hpack_decoder_lose(decoder, budget);
	hpack_tolerant_free_table(decoder->table, budget);
	decoder->table = NULL;
}

void hpack_decoder_lose(struct hpack_decoder *decoder, struct session_budget *budget)
{
	if (decoder->inflater)
		nghttp2_hd_inflate_del(decoder->inflater);
	decoder->inflater = NULL;
	hpack_memory_free(budget, TAKE_PTR(decoder->memory));
	hpack_tolerant_forget(decoder->table, budget);
}

static void take(struct http2_head *head, const nghttp2_nv *field)
{
	http2_head_take(head, http2_head_find_field(view_of(field->name, field->namelen)),
			view_of(field->value, field->valuelen));
}

/* False: libnghttp2 found fault with it, or had no memory. */
static bool inflate(nghttp2_hd_inflater *inflater, struct view block, bool is_whole,
		    struct http2_head *head)
{
	int flags = 0;

	while (!(flags & NGHTTP2_HD_INFLATE_FINAL)) {
		nghttp2_nv field;
		ssize_t used =
			nghttp2_hd_inflate_hd2(inflater, &field, &flags,
					       (const uint8_t *)block.bytes, block.size, is_whole);

		if (used < 0)
			return false;
		block = view_skip(block, (size_t)used);
		if (flags & NGHTTP2_HD_INFLATE_EMIT)
			take(head, &field);
		else if (block.size == 0)
			break;
	}
	return !is_whole || nghttp2_hd_inflate_end_headers(inflater) == 0;
}

static bool read_tolerantly(struct hpack_decoder *decoder, struct session_budget *budget,
			    struct view block, struct http2_head *head)
{
	if (!decoder->table)
		decoder->table = hpack_tolerant_new_table(budget);
	return hpack_tolerant_read(decoder->table, budget, block, head);
}

static bool read_by_either(struct hpack_decoder *decoder, struct session_budget *budget,
			   struct view block, bool is_whole, struct http2_head *head)
{
	if (decoder->inflater && inflate(decoder->inflater, block, is_whole, head))
		return true;
	if (decoder->inflater)
		hpack_decoder_lose(decoder, budget);
	http2_head_init(head);
	return read_tolerantly(decoder, budget, block, head);
}

bool hpack_decoder_read(struct hpack_decoder *decoder, struct session_budget *budget,
			struct view block, bool is_whole, struct http2_head *head)
{
	bool is_right;

	http2_head_init(head);
	is_right = read_by_either(decoder, budget, block, is_whole, head);
	is_right = is_right || (!is_whole && head->is_cut);
	head->is_cut = !is_whole;
	if (!is_whole || !is_right)
		hpack_decoder_lose(decoder, budget);
	return is_right;
}
