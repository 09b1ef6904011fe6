/*
 * One pass with one place to return to: behind the last '*', which takes a byte more each time what
 * follows does not fit. An earlier '*' need not be tried again: what stood between matched as early
 * as it could.
 */
#include "discovery/discovery_glob.h"

/* Does the item of the pattern at *at stand for this byte? Moves *at behind it if so. */
static bool takes_byte(struct view pattern, size_t *at, char byte)
{
	size_t next = *at;
	bool is_any;

	if (next >= pattern.size)
		return false;
	is_any = pattern.bytes[next] == '?';
	if (pattern.bytes[next] == '\\' && next + 1 < pattern.size)
		next++;
	if (!is_any && pattern.bytes[next] != byte)
		return false;
	*at = next + 1;
	return true;
}

bool discovery_glob_matches(struct view pattern, struct view text)
{
	size_t at = 0, place = 0, behind_star = 0, star_place = 0;
	bool has_star = false;

	while (place < text.size) {
		if (at < pattern.size && pattern.bytes[at] == '*') {
			has_star = true;
			behind_star = ++at;
			star_place = place;
		} else if (takes_byte(pattern, &at, text.bytes[place])) {
			place++;
		} else if (has_star) {
			at = behind_star;
			place = ++star_place;
		} else {
			return false;
		}
	}
	while (at < pattern.size && pattern.bytes[at] == '*')
		at++;
	return at == pattern.size;
}

bool discovery_glob_matches_path(struct view pattern, struct view path)
{
	bool has_slash = view_find_byte(pattern, '/') >= 0;

	return discovery_glob_matches(pattern, has_slash ? path : view_base_name(path));
}
