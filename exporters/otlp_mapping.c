/* The part of the OTLP mapping that protobuf and JSON have in common. Pure functions over the
 * model. */
#include "exporters/otlp_mapping.h"

#define FLAG_SAMPLED          0x001u
#define FLAG_RANDOM           0x002u
#define FLAG_IS_REMOTE_KNOWN  0x100u
#define FLAG_PARENT_IS_REMOTE 0x200u

uint32_t otlp_mapping_flags(const struct segment *segment, const struct span *span)
{
	uint32_t flags = FLAG_IS_REMOTE_KNOWN;

	if (segment->sampling.is_sampled)
		flags |= FLAG_SAMPLED;
	if (segment->sampling.has_random_flag)
		flags |= FLAG_RANDOM;
	if (span->parent_source != PARENT_NONE && span->is_parent_remote)
		flags |= FLAG_PARENT_IS_REMOTE;
	return flags;
}

uint32_t otlp_mapping_attributes(const struct span *span,
				 struct attribute ret_attributes[MAX_OTLP_MAPPING_ATTRIBUTES])
{
	const char *source = span_parent_source_word(span->parent_source);
	uint32_t count = 0;

	if (source)
		ret_attributes[count++] = (struct attribute){
			.key = "limpet.parent.source",
			.type = ATTRIBUTE_STRING,
			.string = view_of_text(source),
		};
	if (span->is_incomplete)
		ret_attributes[count++] = (struct attribute){
			.key = "limpet.incomplete",
			.type = ATTRIBUTE_BOOLEAN,
			.boolean = true,
		};
	return count;
}

struct view otlp_mapping_parent_span_id(const struct span *span)
{
	static const uint8_t none[SPAN_ID_BYTES];

	if (span->parent_source == PARENT_NONE ||
	    memcmp(span->parent_span_id, none, SPAN_ID_BYTES) == 0)
		return (struct view){0};
	return view_of(span->parent_span_id, SPAN_ID_BYTES);
}
