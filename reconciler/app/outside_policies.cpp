#include "app/outside_policies.h"

#include "app/pipeline.h"
#include "load/load.h"

#include <Poco/JSON/Object.h>

#include <iterator>
#include <sstream>

namespace mcpctl
{

namespace
{

Diagnostic wrongFile(SourcePos place, std::string message)
{
    return {.pos = std::move(place),
            .message = std::move(message),
            .rule = "policy-file",
            .hint = "`--policy` takes files and folders with SecurityPolicies, and nothing else"};
}

template <typename Values>
void append(Values& all, Values more)
{
    all.insert(all.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

}

bool isPolicy(const Document& document)
{
    const auto& root = document.root;
    return root.type() == typeid(Poco::JSON::Object::Ptr) &&
           root.extract<Poco::JSON::Object::Ptr>()->optValue<std::string>("kind", "") == "SecurityPolicy";
}

Manifests loadPolicies(const std::vector<std::string>& paths)
{
    Manifests all;
    for (const auto& path : paths)
    {
        if (path == "-")
            throw UsageError("--policy: name a file; standard input is for manifests");
        std::istringstream nothing;
        auto one = load({path}, nothing);
        if (one.documents.empty() && !hasErrors(one.diagnostics))
            one.diagnostics.push_back(wrongFile({path, 0, 0}, "there is no SecurityPolicy in it"));
        for (const Document& document : one.documents)
            if (!isPolicy(document))
                one.diagnostics.push_back(wrongFile(document.placeOf("/kind"), "this is no SecurityPolicy"));
        append(all.documents, std::move(one.documents));
        append(all.diagnostics, std::move(one.diagnostics));
        all.texts.merge(one.texts);
    }
    return all;
}

}
