#include "load/yaml_tree.h"

#include "load/syntax_error.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <map>
#include <sstream>

namespace mcpctl
{

namespace
{

// Leaves yaml-cpp's parser from within an event.
struct Abandoned
{
    Diagnostic why;
};

// Turns yaml-cpp's events into a tree. Its marks are exact for scalars, aliases and keys; an empty value's
// is that of whatever comes next.
class TreeBuilder final : public YAML::EventHandler
{
public:
    TreeBuilder(SourceText& source, DocumentRange range, const LoadLimits& limits, std::size_t maxNodes)
        : source_(source), range_(range), limits_(limits), maxNodes_(maxNodes)
    {
    }

    YamlTree take() { return std::move(tree_); }
    SyntaxError errorAt(const YAML::Mark& mark, const std::string& message) const;
    std::size_t lastScalar() const { return lastScalar_; }

    void OnDocumentStart(const YAML::Mark& mark) override;
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override;
    void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override;
    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  const std::string& text) override;
    void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value) override;
    void OnSequenceEnd() override { open_.pop_back(); }
    void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value) override;
    void OnMapEnd() override { open_.pop_back(); }
    void OnAnchor(const YAML::Mark&, const std::string& name) override { anchorNames_.push_back(name); }

private:
    std::size_t offsetOf(const YAML::Mark& mark) const;
    YamlNode& add(YamlNode node, YAML::anchor_t anchor);
    void enter(YamlNode node, YAML::anchor_t anchor);
    bool lacksColon(const YamlNode& null) const;
    SourcePos placeOfEmpty(std::size_t next);

    SourceText& source_;
    DocumentRange range_;
    const LoadLimits& limits_;
    std::size_t maxNodes_;
    YamlTree tree_;
    std::vector<YamlNode*> open_;
    std::map<YAML::anchor_t, YamlNode*> anchored_;
    std::vector<std::string> anchorNames_;
    std::size_t lastScalar_ = range_.begin;
    bool started_ = false;
};

std::size_t TreeBuilder::offsetOf(const YAML::Mark& mark) const
{
    return mark.pos < 0 ? lastScalar_ : std::min(range_.begin + static_cast<std::size_t>(mark.pos), range_.end);
}

SyntaxError TreeBuilder::errorAt(const YAML::Mark& mark, const std::string& message) const
{
    return {.theirs = message,
            .offset = offsetOf(mark),
            .documentBegin = range_.begin,
            .documentEnd = range_.end,
            .lastScalar = lastScalar_,
            .openedAt = open_.empty() ? std::nullopt : std::optional(open_.back()->pos),
            .anchors = anchorNames_};
}

YamlNode& TreeBuilder::add(YamlNode node, YAML::anchor_t anchor)
{
    if (tree_.nodes.size() >= maxNodes_)
        throw Abandoned{tooManyNodes(node.pos, limits_)};
    YamlNode& added = tree_.nodes.emplace_back(std::move(node));
    if (open_.empty())
        tree_.root = &added;
    else
        open_.back()->children.push_back(&added);
    if (anchor != 0)
        anchored_[anchor] = &added;
    return added;
}

void TreeBuilder::enter(YamlNode node, YAML::anchor_t anchor)
{
    if (open_.size() >= limits_.maxDepth)
        throw Abandoned{{.pos = node.pos,
                         .message = fmt::format("nested deeper than {} levels", limits_.maxDepth),
                         .rule = "limit-exceeded"}};
    open_.push_back(&add(std::move(node), anchor));
}

void TreeBuilder::OnDocumentStart(const YAML::Mark& mark)
{
    // One range is one document, so a second one is what yaml-cpp makes of text behind the first.
    if (started_)
        throw Abandoned{{.pos = source_.at(offsetOf(mark)),
                         .message = "the document has ended before this",
                         .rule = "yaml-syntax",
                         .hint = "check the indentation; separate documents with a line `---`"}};
    started_ = true;
}

// The `- ` of an empty item, when `next` is where the parser stands behind it: it begins the last line
// before that which is neither blank nor a comment.
SourcePos TreeBuilder::placeOfEmpty(std::size_t next)
{
    std::size_t line = source_.lineStart(next);
    std::string_view text = source_.text().substr(line, next - line);
    while (true)
    {
        const std::size_t first = text.find_first_not_of(" \t");
        if (first != std::string_view::npos && text[first] == '-')
            return source_.at(line + first);
        if ((first != std::string_view::npos && text[first] != '#') || line <= range_.begin)
            return source_.at(next);
        line = source_.lineStart(line - 1);
        text = source_.lineAt(line);
    }
}

// Whether it is a null that somebody wrote, and not one that is simply not there.
bool isWrittenNull(std::string_view text)
{
    if (text.starts_with('&'))
        return true;
    const std::string_view word = text.substr(0, text.find_first_of(" \t\r\n,]}"));
    return word == "~" || word == "null" || word == "Null" || word == "NULL";
}

// yaml-cpp takes a line `key` for `key:`, and gives the value its key's place.
bool TreeBuilder::lacksColon(const YamlNode& null) const
{
    const YamlNode* parent = open_.empty() ? nullptr : open_.back();
    return parent && parent->isBlock && parent->kind == YamlNode::Kind::mapping && parent->children.size() % 2 == 1 &&
           parent->children.back()->kind == YamlNode::Kind::scalar && parent->children.back()->pos == null.pos;
}

void TreeBuilder::OnNull(const YAML::Mark& mark, YAML::anchor_t anchor)
{
    const std::size_t offset = offsetOf(mark);
    YamlNode node{.pos = source_.at(offset)};
    const YamlNode* parent = open_.empty() ? nullptr : open_.back();
    if (lacksColon(node))
        tree_.diagnostics.push_back({.pos = node.pos,
                                     .message = "expected `:` after `" + parent->children.back()->text + "`",
                                     .rule = "yaml-syntax",
                                     .hint = "a member of a mapping is written `key: value`"});
    else if (parent && parent->kind == YamlNode::Kind::sequence && !isWrittenNull(source_.text().substr(offset)))
        node.pos = placeOfEmpty(offset);
    add(std::move(node), anchor);
}

void TreeBuilder::OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor)
{
    YamlNode node{.kind = YamlNode::Kind::alias, .pos = source_.at(offsetOf(mark)), .target = anchored_.at(anchor)};
    if (std::find(open_.begin(), open_.end(), node.target) != open_.end())
    {
        tree_.diagnostics.push_back({.pos = node.pos,
                                     .message = "the alias stands within what it refers to",
                                     .rule = "cyclic-alias",
                                     .see = {node.target->pos}});
        node = {.pos = node.pos};
    }
    add(std::move(node), 0);
}

void TreeBuilder::OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                           const std::string& text)
{
    lastScalar_ = offsetOf(mark);
    YamlNode& node = add({.pos = source_.at(lastScalar_), .tag = tag, .text = text}, anchor);
    if (text.size() > limits_.maxScalarBytes)
        throw Abandoned{{.pos = node.pos,
                         .message = fmt::format("a text longer than {} bytes", limits_.maxScalarBytes),
                         .rule = "limit-exceeded"}};
    if (text.find('\0') != std::string::npos)
        tree_.diagnostics.push_back({.pos = node.pos,
                                     .message = "the text holds a NUL character",
                                     .rule = "control-character",
                                     .hint = "it would end an argument or an environment variable early"});
}

void TreeBuilder::OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                                  YAML::EmitterStyle::value)
{
    enter({.kind = YamlNode::Kind::sequence, .pos = source_.at(offsetOf(mark)), .tag = tag}, anchor);
}

void TreeBuilder::OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                             YAML::EmitterStyle::value style)
{
    enter({.kind = YamlNode::Kind::mapping,
           .pos = source_.at(offsetOf(mark)),
           .tag = tag,
           .isBlock = style == YAML::EmitterStyle::Block},
          anchor);
}

}

Diagnostic tooManyNodes(const SourcePos& pos, const LoadLimits& limits)
{
    return {.pos = pos,
            .message = "too many keys and values",
            .rule = "limit-exceeded",
            .hint = fmt::format("at most {} in a file and {} in all, with aliases and merge keys written out",
                                limits.maxNodes, limits.maxTotalNodes)};
}

YamlTree parseYaml(SourceText& source, DocumentRange range, const LoadLimits& limits, std::size_t maxNodes)
{
    TreeBuilder builder(source, range, limits, maxNodes);
    std::optional<Diagnostic> broken;
    try
    {
        std::istringstream text(std::string(source.text().substr(range.begin, range.end - range.begin)));
        YAML::Parser parser(text);
        while (parser.HandleNextDocument(builder))
            ;
        if (isUnclosed(source.text(), builder.lastScalar(), range.end))
            broken = explainUnclosed(source.at(builder.lastScalar()));
    }
    catch (const Abandoned& abandoned)
    {
        broken = abandoned.why;
    }
    catch (const YAML::Exception& error)
    {
        broken = explain(builder.errorAt(error.mark, error.msg), source);
    }

    YamlTree tree = builder.take();
    if (broken)
    {
        tree.diagnostics.push_back(*broken);
        tree.root = nullptr;
    }
    return tree;
}

}
