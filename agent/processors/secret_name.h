/* Names whose values are nobody's business: Sentry's deny list, matched anywhere in the name, in
 * any case. Pure. */
#ifndef PROCESSORS_SECRET_NAME_H
#define PROCESSORS_SECRET_NAME_H

#include "base/view.h"

bool secret_name_matches(struct view name);

#endif
