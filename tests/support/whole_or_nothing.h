#pragma once

#include "support/alloc_fault.h"

#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <exception>
#include <optional>

namespace mcpctl::test
{

/// Nothing where memory, or something for want of it, failed.
template <typename Work>
auto orNothing(const Work& work) -> std::optional<decltype(work())>
{
    try
    {
        return work();
    }
    catch (const std::exception&)
    {
        return std::nullopt;
    }
}

/// Demands of `work` that it gives what it gives with enough memory, or throws, whichever allocation fails. Returns how
/// many failed; `density` as of failEachAllocation().
template <typename Work>
std::size_t wholeOrNothing(std::size_t density, const Work& work)
{
    const auto whole = work();
    std::optional<decltype(work())> got;
    const auto failed = failEachAllocation(
        density, [&] { got = orNothing(work); },
        [&](std::size_t n) { BOOST_TEST((!got || *got == whole), "allocation " << n); });
    BOOST_TEST((got == whole));
    return failed;
}

}
