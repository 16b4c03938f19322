#include "load/load.h"

#include "load/files.h"
#include "load/source_text.h"
#include "load/to_document.h"
#include "load/yaml_tree.h"

#include <fmt/format.h>

#include <algorithm>
#include <variant>

namespace mcpctl
{

namespace
{

Diagnostic overLimit(SourcePos pos, std::string message)
{
    return {.pos = std::move(pos), .message = std::move(message), .rule = "limit-exceeded"};
}

std::variant<std::string, Diagnostic> readStream(std::istream& in, const std::string& name, std::size_t maxBytes)
{
    std::string text(maxBytes + 1, '\0');
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(in.gcount()));
    if (text.size() > maxBytes)
        return overLimit({name}, fmt::format("larger than {} bytes", maxBytes));
    return text;
}

// Collects what the files hold, and what all of them together have cost.
class Loader
{
public:
    Loader(std::istream& standardInput, const LoadLimits& limits) : standardInput_(standardInput), limits_(limits) {}

    Manifests load(const std::vector<std::string>& paths);

private:
    void loadFile(const ManifestFile& file);
    void parse(const std::string& name, std::string_view text);
    std::size_t parseDocument(SourceText& source, DocumentRange range, std::size_t maxNodes);
    void report(Diagnostic d) { manifests_.diagnostics.push_back(std::move(d)); }
    void append(const Diagnostics& found)
    {
        manifests_.diagnostics.insert(manifests_.diagnostics.end(), found.begin(), found.end());
    }

    std::istream& standardInput_;
    const LoadLimits& limits_;
    Manifests manifests_;
    std::size_t totalBytes_ = 0;
    std::size_t totalNodes_ = 0;
};

Manifests Loader::load(const std::vector<std::string>& paths)
{
    FoundFiles found = findManifestFiles(paths, limits_.maxFiles);
    manifests_.wholeFolders = found.wholeFolders;
    manifests_.diagnostics = std::move(found.diagnostics);
    for (const ManifestFile& file : found.files)
    {
        // One finding about it is enough, and reading on is what the limit is there to prevent.
        if (totalBytes_ > limits_.maxTotalBytes || totalNodes_ >= limits_.maxTotalNodes)
        {
            report(overLimit({file.name}, "this file and those after it are not read: the others are too large"));
            break;
        }
        loadFile(file);
    }
    sortDiagnostics(manifests_.diagnostics);
    return std::move(manifests_);
}

void Loader::loadFile(const ManifestFile& file)
{
    auto read = file.path.empty() ? readStream(standardInput_, file.name, limits_.maxFileBytes)
                                  : readManifestFile(file, limits_.maxFileBytes);
    if (auto* problem = std::get_if<Diagnostic>(&read))
        return report(std::move(*problem));

    // Two paths can have the same normal form where a `..` follows a link.
    const std::string name = manifests_.texts.contains(file.name) ? file.path.string() : file.name;
    const auto& text = manifests_.texts.emplace(name, std::get<std::string>(std::move(read))).first->second;
    totalBytes_ += text.size();
    parse(name, text);
}

void Loader::parse(const std::string& name, std::string_view text)
{
    SourceText source(name, text);
    if (source.text().find_first_not_of(" \t\r\n") == std::string_view::npos)
        return report({.severity = Diagnostic::Severity::warning,
                       .pos = {name},
                       .message = "the file is empty",
                       .rule = "empty-file"});
    if (const auto bad = findBadCharacter(source))
        return report(*bad);

    std::size_t documents = 0, nodes = 0;
    for (const DocumentRange range : splitDocuments(source.text()))
    {
        const std::size_t left = std::min(limits_.maxNodes - nodes, limits_.maxTotalNodes - totalNodes_);
        if (++documents > limits_.maxDocuments || left == 0)
            return report(
                overLimit(source.at(range.begin), "the file is not read from here on: there is too much before"));
        const std::size_t spent = std::min(parseDocument(source, range, left), left);
        nodes += spent;
        totalNodes_ += spent;
    }
}

std::size_t Loader::parseDocument(SourceText& source, DocumentRange range, std::size_t maxNodes)
{
    const YamlTree tree = parseYaml(source, range, limits_, maxNodes);
    append(tree.diagnostics);
    Converted converted = toDocument(tree, source.file(), limits_, maxNodes);
    append(converted.diagnostics);
    if (converted.document)
        manifests_.documents.push_back(std::move(*converted.document));
    return std::max(tree.nodes.size(), converted.nodes);
}

}

Manifests load(const std::vector<std::string>& paths, std::istream& standardInput, const LoadLimits& limits)
{
    return Loader(standardInput, limits).load(paths);
}

}
