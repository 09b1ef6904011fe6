/* What to do about each way something was lost: for `limpet status`, and deploy/README.md. */
#ifndef SERVICE_DROP_ADVICE_H
#define SERVICE_DROP_ADVICE_H

#include "shared/drop_reason.h"

/* One sentence, never NULL. */
const char *drop_advice_for(enum drop_reason reason);

#endif
