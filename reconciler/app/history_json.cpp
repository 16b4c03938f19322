#include "app/history_json.h"

#include "app/json.h"

namespace mcpctl
{

Poco::JSON::Object::Ptr historyJson(const std::string& project, const std::vector<RunRecord>& runs)
{
    Poco::JSON::Array::Ptr all = new Poco::JSON::Array;
    for (const auto& run : runs)
    {
        auto each = runToJson(run);
        each->remove("steps");
        all->add(each);
    }
    auto out = jsonObject();
    out->set("version", 1);
    out->set("project", project);
    out->set("runs", all);
    return out;
}

Poco::JSON::Object::Ptr historyJson(const RunRecord& run)
{
    auto out = jsonObject();
    out->set("version", 1);
    out->set("run", runToJson(run));
    return out;
}

}
