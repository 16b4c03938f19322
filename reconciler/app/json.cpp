#include "app/json.h"

namespace mcpctl
{

namespace
{

Poco::JSON::Object::Ptr toJson(const SourcePos& pos)
{
    auto out = jsonObject();
    out->set("file", pos.file.text());
    out->set("line", pos.line);
    out->set("column", pos.column);
    return out;
}

}

Poco::JSON::Object::Ptr jsonObject()
{
    return new Poco::JSON::Object(Poco::JSON_PRESERVE_KEY_ORDER);
}

Poco::JSON::Array::Ptr toJson(const Diagnostics& diagnostics)
{
    Poco::JSON::Array::Ptr out = new Poco::JSON::Array;
    for (const auto& diagnostic : diagnostics)
    {
        auto each = jsonObject();
        each->set("severity", std::string(toString(diagnostic.severity)));
        each->set("rule", diagnostic.rule);
        each->set("message", diagnostic.message);
        each->set("hint", diagnostic.hint);
        each->set("place", toJson(diagnostic.pos));
        Poco::JSON::Array::Ptr see = new Poco::JSON::Array;
        for (const auto& pos : diagnostic.see)
            see->add(toJson(pos));
        each->set("see", see);
        out->add(each);
    }
    return out;
}

Poco::JSON::Array::Ptr toJson(const Outcomes& outcomes)
{
    Poco::JSON::Array::Ptr out = new Poco::JSON::Array;
    for (const auto& outcome : outcomes)
    {
        auto each = jsonObject();
        each->set("object", outcome.object);
        each->set("verb", outcome.verb);
        each->set("result", std::string(toString(outcome.result)));
        each->set("error", outcome.error);
        each->set("note", outcome.note);
        each->set("milliseconds", static_cast<std::int64_t>(outcome.took.count()));
        out->add(each);
    }
    return out;
}

}
