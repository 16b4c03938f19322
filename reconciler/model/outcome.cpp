#include "model/outcome.h"

namespace mcpctl
{

std::string_view toString(Outcome::Result result)
{
    switch (result)
    {
    case Outcome::Result::done:
        return "done";
    case Outcome::Result::failed:
        return "failed";
    case Outcome::Result::rolledBack:
        return "rolled back";
    case Outcome::Result::skipped:
        return "skipped";
    }
    return "";
}

}
