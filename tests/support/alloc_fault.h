#pragma once

#include <cstddef>

namespace mcpctl::test
{

/// While it lives, the `n`-th allocation of this process (from 0) fails: operator new throws std::bad_alloc, once.
/// One at a time. In builds with sanitizers, which have an allocator of their own, none fails.
class AllocFault
{
public:
    explicit AllocFault(std::size_t n);
    ~AllocFault();
    AllocFault(const AllocFault&) = delete;
    AllocFault& operator=(const AllocFault&) = delete;

    /// The allocation came, and failed.
    bool struck() const;

    static bool works();

    /// This thread's allocations neither count nor fail: it does what another process would do, an engine for one.
    class Elsewhere
    {
    public:
        Elsewhere();
        ~Elsewhere();
        Elsewhere(const Elsewhere&) = delete;
        Elsewhere& operator=(const Elsewhere&) = delete;
    };
};

/// Does `work` again and again, with its first, second, third ... allocation failing, until it comes to its end
/// without; `after` judges each time. Far on not each one is tried: about `density` for each time that the number
/// grows by e. Returns how many failed.
template <typename Work, typename After>
std::size_t failEachAllocation(std::size_t density, const Work& work, const After& after)
{
    std::size_t failed = 0;
    for (std::size_t n = 0;; n += 1 + n / density)
    {
        bool struck = false;
        {
            const AllocFault fault(n);
            work();
            struck = fault.struck();
        }
        after(n);
        if (!struck)
            return failed;
        ++failed;
    }
}

}
