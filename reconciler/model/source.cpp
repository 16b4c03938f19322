#include "model/source.h"

namespace mcpctl
{

std::string toString(const SourcePos& pos)
{
    if (pos.file.empty() || pos.line <= 0)
        return pos.file;
    return pos.file + ":" + std::to_string(pos.line);
}

}
