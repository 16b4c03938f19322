#include "model/publications.h"

namespace mcpctl
{

bool clash(const Publication& left, const Publication& right)
{
    const auto any = [](const std::string& address) { return address == "0.0.0.0" || address == "::"; };
    return left.hostPort == right.hostPort &&
           (left.address == right.address || any(left.address) || any(right.address));
}

}
