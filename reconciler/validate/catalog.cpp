#include "validate/catalog.h"

#include "validate/read_profile.h"
#include "validate/read_server.h"
#include "validate/schemas.h"

namespace mcpctl
{

namespace
{

class CatalogReader
{
public:
    explicit CatalogReader(const Manifests& manifests) : checker_(CompiledSchemas::builtIn())
    {
        catalog_.incomplete = hasErrors(manifests.diagnostics);
        for (const Document& document : manifests.documents)
            readDocument(document);
    }

    Found<Catalog> result() && { return {std::move(catalog_), std::move(diagnostics_)}; }

private:
    template <typename Value>
    Value keep(Found<Value> found)
    {
        diagnostics_.insert(diagnostics_.end(), found.diagnostics.begin(), found.diagnostics.end());
        return std::move(found.value);
    }

    void readDocument(const Document& document)
    {
        auto mistakes = checker_.check(document);
        if (!mistakes.empty())
        {
            rememberBroken(document);
            diagnostics_.insert(diagnostics_.end(), mistakes.begin(), mistakes.end());
            return;
        }
        const std::string kind = Node(document)["kind"].text();
        const Node name = Node(document)["metadata"]["name"];
        const auto [first, added] = declared_[kind].try_emplace(name.text(), name.place());
        if (!added)
            diagnostics_.push_back(makeError(name.place(), "duplicate-name",
                                             kind + " " + quoted(name.text()) + " is already declared",
                                             "give one of them another name", {first->second}));
        else
            readKind(kind, name.text(), document);
    }

    void readKind(const std::string& kind, const std::string& name, const Document& document)
    {
        if (kind == "McpServer")
            catalog_.servers.emplace(name, keep(readServer(document)));
        else if (kind == "Profile")
            catalog_.profiles.emplace(name, keep(readProfile(document)));
        else if (kind == "Network")
            catalog_.networks.emplace(name, keep(readNetwork(document)));
        else if (kind == "SecurityPolicy")
            catalog_.policies.emplace(name, readPolicy(document));
    }

    void rememberBroken(const Document& document)
    {
        const Node root(document);
        const Node kind = root["kind"];
        const Node name = root["metadata"]["name"];
        if (kind.isText())
            catalog_.broken[kind.text()].insert(name.isText() ? name.text() : "");
        else
            catalog_.incomplete = true;
    }

    SchemaChecker checker_;
    Catalog catalog_;
    std::map<std::string, std::map<std::string, SourcePos>> declared_;
    Diagnostics diagnostics_;
};

}

bool Catalog::isBroken(const std::string& kind, const std::string& name) const
{
    const auto names = broken.find(kind);
    return incomplete || (names != broken.end() && (names->second.contains(name) || names->second.contains("")));
}

Found<Catalog> readCatalog(const Manifests& manifests)
{
    return CatalogReader(manifests).result();
}

}
