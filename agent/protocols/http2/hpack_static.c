/* Of the table's 61 rows only pseudo fields and a few others matter here; the rest are OTHER. */
#include "protocols/http2/hpack_static.h"

static const struct {
	uint8_t field;
	struct view value;
} rows[HPACK_STATIC_COUNT + 1] = {
	[1] = {HTTP2_FIELD_AUTHORITY, {"", 0}},        [2] = {HTTP2_FIELD_METHOD, {"GET", 3}},
	[3] = {HTTP2_FIELD_METHOD, {"POST", 4}},       [4] = {HTTP2_FIELD_PATH, {"/", 1}},
	[5] = {HTTP2_FIELD_PATH, {"/index.html", 11}}, [6] = {HTTP2_FIELD_SCHEME, {"http", 4}},
	[7] = {HTTP2_FIELD_SCHEME, {"https", 5}},      [8] = {HTTP2_FIELD_STATUS, {"200", 3}},
	[9] = {HTTP2_FIELD_STATUS, {"204", 3}},        [10] = {HTTP2_FIELD_STATUS, {"206", 3}},
	[11] = {HTTP2_FIELD_STATUS, {"304", 3}},       [12] = {HTTP2_FIELD_STATUS, {"400", 3}},
	[13] = {HTTP2_FIELD_STATUS, {"404", 3}},       [14] = {HTTP2_FIELD_STATUS, {"500", 3}},
	[31] = {HTTP2_FIELD_CONTENT_TYPE, {"", 0}},    [38] = {HTTP2_FIELD_HOST, {"", 0}},
	[58] = {HTTP2_FIELD_USER_AGENT, {"", 0}},
};

enum http2_field hpack_static_field(uint32_t index)
{
	return (enum http2_field)rows[index].field;
}

struct view hpack_static_value(uint32_t index)
{
	return rows[index].value;
}
