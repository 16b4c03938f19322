#include "system/core_dump.h"

#include <sys/prctl.h>
#include <sys/resource.h>

namespace mcpctl
{

void leaveNoCoreDump()
{
    const rlimit none{0, 0};
    ::setrlimit(RLIMIT_CORE, &none);
    ::prctl(PR_SET_DUMPABLE, 0); // a kernel that pipes dumps into a program does not ask for the limit
}

}
