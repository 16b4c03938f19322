#include "model/document.h"

namespace mcpctl
{

SourcePos Document::placeOf(const std::string& pointer) const
{
    std::string nearestKnown = pointer;
    while (true)
    {
        if (const auto found = places.find(nearestKnown); found != places.end())
            return found->second;
        const auto lastStep = nearestKnown.rfind('/');
        if (lastStep == std::string::npos)
            return SourcePos{.file = file};
        nearestKnown.resize(lastStep);
    }
}

std::string childPointer(const std::string& pointer, const std::string& key)
{
    std::string child;
    child.reserve(pointer.size() + key.size() + 1);
    child.append(pointer).push_back('/');
    for (const char c : key)
    {
        if (c == '~')
            child += "~0";
        else if (c == '/')
            child += "~1";
        else
            child.push_back(c);
    }
    return child;
}

std::string childPointer(const std::string& pointer, std::size_t index)
{
    return pointer + "/" + std::to_string(index);
}

}
