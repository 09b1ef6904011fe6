/* Blocks overlap by what a match may take, one byte before it included. */
#include "process/elf_text.h"

#include <stdlib.h>
#include <string.h>
#include "base/cleanup.h"
#include "base/view.h"
#include "process/elf_notes.h"
#include "process/elf_sections.h"

#define BLOCK_BYTES   (256u << 10)
#define OVERLAP_BYTES 128

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_word_byte(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
	       c == '+' || c == '-';
}

static int count_dots(struct view word)
{
	int dots = 0;

	for (size_t i = 0; i < word.size; i++)
		dots += word.bytes[i] == '.';
	return dots;
}

/* The match at `at`; what is cut by the end of the block is found in the next one. */
static bool take_word(struct view block, size_t at, const struct elf_text_pattern *pattern,
		      char ret_word[MAX_ELF_TEXT_WORD])
{
	size_t begin = at + strlen(pattern->beginning), end = begin;

	if (pattern->is_own_word && at > 0 && is_word_byte(block.bytes[at - 1]))
		return false;
	while (end < block.size && is_word_byte(block.bytes[end]))
		end++;
	if (end == block.size || end == begin || !is_digit(block.bytes[begin]) ||
	    (pattern->is_ended_by_nul && block.bytes[end] != '\0'))
		return false;
	if (pattern->is_part)
		begin = at;
	if (end - begin >= MAX_ELF_TEXT_WORD ||
	    count_dots(view_of(block.bytes + begin, end - begin)) < 2)
		return false;
	memcpy(ret_word, block.bytes + begin, end - begin);
	ret_word[end - begin] = '\0';
	return true;
}

static bool search_block(struct view block, const struct elf_text_pattern *pattern,
			 char ret_word[MAX_ELF_TEXT_WORD])
{
	struct view beginning = view_of_text(pattern->beginning), rest = block;
	const char *found;

	while (rest.size &&
	       (found = memmem(rest.bytes, rest.size, beginning.bytes, beginning.size))) {
		size_t at = (size_t)(found - block.bytes);

		if (take_word(block, at, pattern, ret_word))
			return true;
		rest = view_skip(block, at + 1);
	}
	return false;
}

/* True ends the walk. */
typedef bool (*block_visitor)(void *self, struct view block);

static void visit_blocks(int fd, uint64_t offset, uint64_t size, block_visitor visitor, void *self)
{
	_cleanup_(cleanup_free) char *block = malloc(BLOCK_BYTES);

	for (uint64_t done = 0; block && done < size; done += BLOCK_BYTES - OVERLAP_BYTES) {
		size_t part = size - done < BLOCK_BYTES ? (size_t)(size - done) : BLOCK_BYTES;

		if (!elf_sections_read_at(fd, block, part, offset + done) ||
		    visitor(self, view_of(block, part)) || part < BLOCK_BYTES)
			return;
	}
}

static void visit_constants(int fd, block_visitor visitor, void *self)
{
	_cleanup_(cleanup_free) struct elf_sections *file = malloc(sizeof(*file));
	const Elf64_Shdr *constants;
	uint64_t size;

	if (!file || !elf_notes_is_readable_file(fd) || elf_sections_read(fd, file) < 0)
		return;
	constants = elf_sections_by_name(file, ".rodata");
	if (!constants)
		return;
	size = elf_sections_size(file, constants);
	if (size > MAX_ELF_TEXT_BYTES)
		size = MAX_ELF_TEXT_BYTES;
	visit_blocks(fd, constants->sh_offset, size, visitor, self);
}

struct word_search {
	const struct elf_text_pattern *pattern;
	char *word;
	bool is_found;
};

static bool search_word(void *self, struct view block)
{
	struct word_search *search = self;

	search->is_found = search_block(block, search->pattern, search->word);
	return search->is_found;
}

bool elf_text_find(int fd, const struct elf_text_pattern *pattern, char ret_word[MAX_ELF_TEXT_WORD])
{
	struct word_search search = {.pattern = pattern, .word = ret_word};

	visit_constants(fd, search_word, &search);
	return search.is_found;
}

struct text_search {
	const char *const *texts;
	uint32_t wanted, found;
};

static bool search_texts(void *self, struct view block)
{
	struct text_search *search = self;

	for (uint32_t i = 0; search->texts[i]; i++)
		if (!(search->found & 1u << i) &&
		    memmem(block.bytes, block.size, search->texts[i], strlen(search->texts[i])))
			search->found |= 1u << i;
	return search->found == search->wanted;
}

uint32_t elf_text_have(int fd, const char *const *texts)
{
	struct text_search search = {.texts = texts};

	for (uint32_t i = 0; texts[i]; i++)
		search.wanted |= 1u << i;
	visit_constants(fd, search_texts, &search);
	return search.found;
}
