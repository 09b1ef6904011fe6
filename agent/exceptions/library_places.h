/* Languages whose libraries are told by lists: prefixes of modules, places of installation. Pure.
 */
#ifndef EXCEPTIONS_LIBRARY_PLACES_H
#define EXCEPTIONS_LIBRARY_PLACES_H

#include "exceptions/place_rule.h"

bool library_places_is_own_java(const struct exception_frame *frame);
bool library_places_is_own_go(const struct exception_frame *frame);
bool library_places_is_own_rust(const struct exception_frame *frame);
bool library_places_is_own_ruby(const struct exception_frame *frame);
bool library_places_is_own_php(const struct exception_frame *frame);
bool library_places_is_own_dotnet(const struct exception_frame *frame);
bool library_places_is_own_perl(const struct exception_frame *frame);

#endif
