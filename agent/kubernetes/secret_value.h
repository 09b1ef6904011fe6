/* One key of a Secret object (v1): {"data": {KEY: base64}}. Total and pure. Any thread. */
#ifndef KUBERNETES_SECRET_VALUE_H
#define KUBERNETES_SECRET_VALUE_H

#include "base/view.h"

#define MAX_SECRET_BYTES 1024 /* a DSN is about 100 */

/* Without blanks around it, NUL-terminated. -ENOENT: no such key; -EINVAL: not a Secret, not
 * base64, not text, or empty; -E2BIG. */
int secret_value_read(struct view body, const char *key, char ret[MAX_SECRET_BYTES]);

#endif
