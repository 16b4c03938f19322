#include "support/io_fault.h"

#include <cstdlib>
#include <optional>
#include <string>

#include <fcntl.h>
#include <unistd.h>

// For LD_PRELOAD: the call number MCPCTL_IO_FAULT_CALL with something below MCPCTL_IO_FAULT_FOLDER fails with the errno
// MCPCTL_IO_FAULT_ERROR, in a program that knows nothing of it. When it does, the file MCPCTL_IO_FAULT_MARK is made.

namespace
{

/// Made when the library is loaded, behind io_fault.cpp, which stands before this file in the library.
const auto* const fault = []() -> mcpctl::test::IoFault*
{
    const char* folder = std::getenv("MCPCTL_IO_FAULT_FOLDER");
    const char* call = std::getenv("MCPCTL_IO_FAULT_CALL");
    const char* error = std::getenv("MCPCTL_IO_FAULT_ERROR");
    const char* mark = std::getenv("MCPCTL_IO_FAULT_MARK");
    if (folder == nullptr || call == nullptr || error == nullptr || mark == nullptr)
        return nullptr;
    return new mcpctl::test::IoFault(folder,
                                     [point = std::stoul(call), code = std::stoi(error),
                                      made = std::string(mark)](mcpctl::test::IoFault::Call, std::size_t n)
                                     {
                                         if (n != point)
                                             return 0;
                                         ::close(::open(made.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
                                         return code;
                                     });
}();

}
