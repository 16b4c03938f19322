#include "system/memory.h"

#include <malloc.h>

namespace mcpctl
{

void shareFreedMemory()
{
    // glibc gives each thread an arena, and what a pass freed in one stays there.
    ::mallopt(M_ARENA_MAX, 1);
}

void returnFreedMemory()
{
    ::malloc_trim(0);
}

}
