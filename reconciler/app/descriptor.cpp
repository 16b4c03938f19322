#include "app/descriptor.h"

#include <cerrno>
#include <system_error>

#include <sys/eventfd.h>
#include <unistd.h>

namespace mcpctl
{

Descriptor::~Descriptor()
{
    if (fd_ >= 0)
        ::close(fd_);
}

Bell::Bell() : event_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK))
{
    if (event_.get() < 0)
        throw std::system_error(errno, std::generic_category(), "eventfd");
}

void Bell::ring() const
{
    [[maybe_unused]] const int rung = ::eventfd_write(event_.get(), 1); // fails only where it rings already
}

void Bell::silence() const
{
    eventfd_t count = 0;
    [[maybe_unused]] const int silenced = ::eventfd_read(event_.get(), &count);
}

}
