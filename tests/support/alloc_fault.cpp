#include "support/alloc_fault.h"

#include "support/slow_build.h"

#include <atomic>
#include <cstdlib>
#include <limits>
#include <new>

namespace mcpctl::test
{

namespace
{

constexpr auto never = std::numeric_limits<std::size_t>::max();

std::atomic<std::size_t> failing = never;
std::atomic<std::size_t> count = 0;
thread_local int elsewhere = 0;

[[maybe_unused]] bool fails()
{
    return failing.load(std::memory_order_relaxed) != never && elsewhere == 0 && count++ == failing;
}

}

AllocFault::AllocFault(std::size_t n)
{
    count = 0;
    failing = n;
}

AllocFault::~AllocFault()
{
    failing = never;
}

bool AllocFault::struck() const
{
    return count > failing;
}

AllocFault::Elsewhere::Elsewhere()
{
    ++elsewhere;
}

AllocFault::Elsewhere::~Elsewhere()
{
    --elsewhere;
}

#ifdef MCPCTL_TEST_SANITIZED

bool AllocFault::works()
{
    return false;
}
}

#else

bool AllocFault::works()
{
    return true;
}
}

// Instead of the standard library's, for this program and every library in it; its other forms come here, too.

void* operator new(std::size_t size)
{
    if (mcpctl::test::fails())
        throw std::bad_alloc();
    if (void* const memory = std::malloc(size == 0 ? 1 : size))
        return memory;
    throw std::bad_alloc();
}

void operator delete(void* memory) noexcept
{
    std::free(memory);
}

void operator delete(void* memory, std::size_t) noexcept
{
    std::free(memory);
}

#endif
