/* An application that does nothing: what the measuring firmware itself takes. */
#include "firmware.h"

int firmware_main(void)
{
    return 0;
}
