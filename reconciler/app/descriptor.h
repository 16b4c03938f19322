#pragma once

#include <utility>

namespace mcpctl
{

/// Owns a file descriptor.
class Descriptor
{
public:
    explicit Descriptor(int fd = -1) : fd_(fd) {}
    Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept
    {
        std::swap(fd_, other.fd_);
        return *this;
    }
    ~Descriptor();

    int get() const { return fd_; }

private:
    int fd_;
};

/// Wakes a thread that polls. Any thread may ring; it never waits.
class Bell
{
public:
    Bell(); ///< throws std::system_error
    void ring() const;
    void silence() const; ///< readable no more, until it is rung again
    int descriptor() const { return event_.get(); }

private:
    Descriptor event_;
};

}
