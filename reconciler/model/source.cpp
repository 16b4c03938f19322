#include "model/source.h"

namespace mcpctl
{

const std::string& FileName::text() const
{
    static const std::string none;
    return text_ ? *text_ : none;
}

std::string toString(const SourcePos& pos)
{
    if (pos.file.empty() || pos.line <= 0)
        return pos.file.text();
    return pos.file.text() + ":" + std::to_string(pos.line);
}

}
