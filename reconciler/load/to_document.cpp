#include "load/to_document.h"

#include "load/core_schema.h"

#include <Poco/JSON/Array.h>
#include <Poco/JSON/Object.h>
#include <fmt/format.h>

#include <map>

namespace mcpctl
{

namespace
{

using Poco::Dynamic::Var;

struct OverLimit
{
    Diagnostic why;
};

// What a node is once its aliases are followed.
const YamlNode& meant(const YamlNode& node)
{
    return node.kind == YamlNode::Kind::alias ? meant(*node.target) : node;
}

bool isMergeKey(const YamlNode& key)
{
    return key.kind == YamlNode::Kind::scalar &&
           ((key.tag == "?" && key.text == "<<") || shortTag(key.tag) == "!!merge");
}

// Runs `expand`; a limit that it exceeds is exceeded at `written`. So the outermost alias is blamed, not
// some value deep within what it stands for.
template <typename Expand>
auto blamingAlias(const YamlNode& written, Expand expand)
{
    try
    {
        return expand();
    }
    catch (OverLimit& over)
    {
        if (written.kind == YamlNode::Kind::alias)
            over.why.pos = written.pos;
        throw;
    }
}

class Converter
{
public:
    Converter(Converted& result, const LoadLimits& limits, std::size_t maxNodes)
        : result_(result), limits_(limits), maxNodes_(maxNodes)
    {
    }

    Var value(const YamlNode& written, const std::string& pointer, std::size_t depth);

private:
    struct Member
    {
        std::string key;
        const YamlNode* keyNode;
        const YamlNode* value;
    };

    // The members of one mapping in the order of its text, those of merge keys last.
    struct Members
    {
        std::vector<Member> inOrder;
        std::map<std::string, SourcePos> places; ///< of every key, merge keys included
    };

    Var scalar(const YamlNode& node);
    Var sequence(const YamlNode& node, const std::string& pointer, std::size_t depth);
    Var mapping(const YamlNode& node, const std::string& pointer, std::size_t depth);
    Members membersOf(const YamlNode& mapping, std::size_t depth);
    void addOwn(Members& members, const YamlNode& key, const YamlNode& value);
    void addMerged(Members& members, const YamlNode& source, std::size_t depth);
    std::optional<std::string> keyText(const YamlNode& key);
    void checkTag(const YamlNode& node, std::string_view expected);
    void spend(const SourcePos& pos);
    void checkDepth(std::size_t depth, const SourcePos& pos) const;
    void report(const SourcePos& pos, std::string rule, std::string message, std::string hint = {},
                std::vector<SourcePos> see = {});

    Converted& result_;
    const LoadLimits& limits_;
    std::size_t maxNodes_;
};

void Converter::report(const SourcePos& pos, std::string rule, std::string message, std::string hint,
                       std::vector<SourcePos> see)
{
    result_.diagnostics.push_back({.pos = pos,
                                   .message = std::move(message),
                                   .rule = std::move(rule),
                                   .hint = std::move(hint),
                                   .see = std::move(see)});
}

void Converter::spend(const SourcePos& pos)
{
    if (++result_.nodes > maxNodes_)
        throw OverLimit{tooManyNodes(pos, limits_)};
}

void Converter::checkDepth(std::size_t depth, const SourcePos& pos) const
{
    if (depth >= limits_.maxDepth)
        throw OverLimit{{.pos = pos,
                         .message = fmt::format("nested deeper than {} levels, aliases written out", limits_.maxDepth),
                         .rule = "limit-exceeded"}};
}

void Converter::checkTag(const YamlNode& node, std::string_view expected)
{
    if (node.tag != "?" && node.tag != "!" && shortTag(node.tag) != expected)
        report(node.pos, "unknown-tag", "unexpected tag `" + shortTag(node.tag) + "`", "remove it");
}

Var Converter::value(const YamlNode& written, const std::string& pointer, std::size_t depth)
{
    spend(written.pos);
    if (written.kind == YamlNode::Kind::sequence)
        return sequence(written, pointer, depth);
    if (written.kind == YamlNode::Kind::mapping)
        return mapping(written, pointer, depth);
    if (written.kind == YamlNode::Kind::scalar)
        return scalar(written);
    return blamingAlias(written, [&] { return value(*written.target, pointer, depth); });
}

Var Converter::scalar(const YamlNode& node)
{
    auto resolved = resolveScalar(node.tag, node.text);
    if (const auto* error = std::get_if<ScalarError>(&resolved))
    {
        report(node.pos, error->rule, error->message, error->hint);
        return Var(node.text);
    }
    return std::get<Var>(std::move(resolved));
}

Var Converter::sequence(const YamlNode& node, const std::string& pointer, std::size_t depth)
{
    checkDepth(depth, node.pos);
    checkTag(node, "!!seq");
    Poco::JSON::Array::Ptr array = new Poco::JSON::Array;
    for (std::size_t i = 0; i < node.children.size(); ++i)
    {
        const std::string child = childPointer(pointer, i);
        result_.document->places.emplace(child, node.children[i]->pos);
        array->add(value(*node.children[i], child, depth + 1));
    }
    return Var(array);
}

Var Converter::mapping(const YamlNode& node, const std::string& pointer, std::size_t depth)
{
    checkDepth(depth, node.pos);
    checkTag(node, "!!map");
    const Members members = membersOf(node, depth);
    if (members.inOrder.size() > limits_.maxMembers)
        throw OverLimit{{.pos = node.pos,
                         .message = fmt::format("a mapping with more than {} keys", limits_.maxMembers),
                         .rule = "limit-exceeded"}};

    Poco::JSON::Object::Ptr object = new Poco::JSON::Object(Poco::JSON_PRESERVE_KEY_ORDER);
    for (const Member& member : members.inOrder)
    {
        const std::string child = childPointer(pointer, member.key);
        result_.document->places.emplace(child, member.keyNode->pos);
        object->set(member.key, value(*member.value, child, depth + 1));
    }
    return Var(object);
}

// Depth grows with merge keys too: they can be nested deeper, over aliases, than anything else.
Converter::Members Converter::membersOf(const YamlNode& mapping, std::size_t depth)
{
    checkDepth(depth, mapping.pos);
    Members members;
    std::vector<const YamlNode*> merged;
    for (std::size_t i = 0; i + 1 < mapping.children.size(); i += 2)
    {
        const YamlNode& key = *mapping.children[i];
        spend(key.pos);
        addOwn(members, key, *mapping.children[i + 1]);
        if (isMergeKey(key))
            merged.push_back(mapping.children[i + 1]);
    }
    for (const YamlNode* written : merged)
    {
        const YamlNode& source = meant(*written);
        if (source.kind == YamlNode::Kind::sequence)
            for (const YamlNode* item : source.children)
                addMerged(members, *item, depth + 1);
        else
            addMerged(members, *written, depth + 1);
    }
    return members;
}

void Converter::addOwn(Members& members, const YamlNode& key, const YamlNode& value)
{
    const auto text = keyText(key);
    if (!text)
        return;
    const auto [first, isNew] = members.places.emplace(*text, key.pos);
    if (!isNew)
        report(key.pos, "duplicate-key", "duplicate key `" + *text + "`", "", {first->second});
    else if (!isMergeKey(key))
        members.inOrder.push_back({*text, &key, &value});
}

void Converter::addMerged(Members& members, const YamlNode& written, std::size_t depth)
{
    spend(written.pos);
    const YamlNode& source = meant(written);
    if (source.kind != YamlNode::Kind::mapping)
        return report(written.pos, "merge-key", "`<<` takes a mapping or a sequence of mappings");

    // Findings in the merged mapping belong to the place where it is written.
    const auto findings = static_cast<std::ptrdiff_t>(result_.diagnostics.size());
    std::vector<Member> merged = blamingAlias(written, [&] { return membersOf(source, depth).inOrder; });
    result_.diagnostics.erase(result_.diagnostics.begin() + findings, result_.diagnostics.end());
    for (Member& member : merged)
        if (members.places.emplace(member.key, member.keyNode->pos).second)
            members.inOrder.push_back(std::move(member));
}

std::optional<std::string> Converter::keyText(const YamlNode& written)
{
    const YamlNode& key = meant(written);
    if (key.kind != YamlNode::Kind::scalar)
    {
        report(written.pos, "non-string-key", "a key is a string, not a mapping or a sequence",
               "quote it if it is text");
        return std::nullopt;
    }
    auto resolved = resolveScalar(key.tag, key.text);
    if (const auto* error = std::get_if<ScalarError>(&resolved))
        report(written.pos, error->rule, error->message, error->hint);
    else if (std::get<Var>(resolved).isEmpty())
    {
        report(written.pos, "non-string-key", "a key is a string, null is not", "quote it if it is text");
        return std::nullopt;
    }
    else if (!std::get<Var>(resolved).isString())
        report(written.pos, "non-string-key", "a key is a string, `" + key.text + "` is not",
               "write \"" + key.text + "\" in quotes");
    return key.text;
}

std::string_view nameOf(const YamlNode& node)
{
    return node.kind == YamlNode::Kind::sequence ? "a sequence" : "a single value";
}

}

Converted toDocument(const YamlTree& tree, const std::string& file, const LoadLimits& limits, std::size_t maxNodes)
{
    Converted result;
    const YamlNode* root = tree.root;
    if (!root || (root->kind == YamlNode::Kind::scalar && root->tag == "?" && root->text.empty()))
        return result;
    if (root->kind != YamlNode::Kind::mapping)
    {
        result.diagnostics.push_back({.pos = root->pos,
                                      .message = fmt::format("a manifest is a mapping, this is {}", nameOf(*root)),
                                      .rule = "not-a-mapping",
                                      .hint = root->kind == YamlNode::Kind::sequence
                                                  ? "write each item as a document of its own, after a line `---`"
                                                  : "it begins with `apiVersion: mcpctl/v1`"});
        return result;
    }

    result.document = Document{.file = file, .root = {}, .places = {{"", root->pos}}};
    try
    {
        Converter converter(result, limits, maxNodes);
        result.document->root = converter.value(*root, "", 0);
    }
    catch (const OverLimit& over)
    {
        result.diagnostics.push_back(over.why);
        result.document.reset();
    }
    return result;
}

}
