// SARIF 2.1.0 (docs.oasis-open.org/sarif/sarif/v2.1.0), as far as code scanning of GitHub and others read it.
#include "app/json.h"
#include "app/report_formats.h"
#include "model/hash.h"
#include "model/utf8.h"
#include "model/version.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>

namespace mcpctl
{

namespace
{

using Object = Poco::JSON::Object::Ptr;
using Array = Poco::JSON::Array::Ptr;

Array array()
{
    return new Poco::JSON::Array;
}

Object textObject(const std::string& text)
{
    auto out = jsonObject();
    out->set("text", validUtf8(text));
    return out;
}

/// A relative reference where the file lies below the checkout; RFC 3986.
std::string uriOf(const std::string& file)
{
    std::string out = file.starts_with("/") ? "file://" : "";
    for (const char c : file)
    {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x80 && (std::isalnum(byte) != 0 || std::string_view("-._~/").find(c) != std::string_view::npos))
            out += c;
        else
            out += fmt::format("%{:02X}", byte);
    }
    return out;
}

std::string_view lineOf(const SourceTexts& texts, const SourcePos& pos)
{
    const auto text = texts.find(pos.file.text());
    if (text == texts.end())
        return {};
    std::string_view rest = text->second;
    for (int line = 1; line < pos.line; ++line)
    {
        const auto end = rest.find('\n');
        if (end == std::string_view::npos)
            return {};
        rest.remove_prefix(end + 1);
    }
    return rest.substr(0, rest.find_first_of("\r\n"));
}

/// The column behind the word, or the text in quotes, at `pos`; that of the next character where it cannot be told.
int endOf(const SourcePos& pos, std::string_view line)
{
    int column = 1;
    char quote = '\0';
    for (std::string_view rest = line; !rest.empty(); ++column)
    {
        const auto c = firstCharacter(rest);
        const char letter = rest.front();
        rest.remove_prefix(c.bytes);
        if (column < pos.column)
            continue;
        if (column == pos.column)
            quote = letter == '"' || letter == '\'' ? letter : '\0';
        else if (quote != '\0' && letter == quote)
            return column + 1;
        else if (quote == '\0' && (std::string_view(" ,]}\t").find(letter) != std::string_view::npos ||
                                   (letter == ':' && (rest.empty() || rest.front() == ' '))))
            return column;
    }
    return std::max(column, pos.column + 1);
}

Object locationOf(const SourcePos& pos, const FindingsReport& report)
{
    auto artifact = jsonObject();
    artifact->set("uri", uriOf(fileFrom(report.folder, pos.file.text())));
    auto physical = jsonObject();
    physical->set("artifactLocation", artifact);
    auto region = jsonObject();
    region->set("startLine", std::max(1, pos.line)); // code scanning shows nothing without a line
    if (pos.line > 0 && pos.column > 0)
    {
        region->set("startColumn", pos.column);
        region->set("endLine", pos.line);
        region->set("endColumn", endOf(pos, lineOf(report.texts, pos)));
    }
    physical->set("region", region);
    auto out = jsonObject();
    out->set("physicalLocation", physical);
    return out;
}

std::string levelOf(const std::string& level)
{
    return level == "deny" ? "error" : level == "warn" ? "warning" : "none";
}

Object descriptorOf(const RuleInfo& rule)
{
    auto out = jsonObject();
    out->set("id", validUtf8(rule.id));
    out->set("shortDescription", textObject(rule.why.empty() ? rule.id : rule.why));
    const auto help = rule.fix.empty() ? rule.id : rule.why + ". To mend it: " + rule.fix;
    out->set("help", textObject(help + (rule.takes.empty() ? "" : ". Parameters: " + rule.takes)));
    auto configuration = jsonObject();
    configuration->set("enabled", rule.level != "off");
    configuration->set("level", levelOf(rule.level));
    out->set("defaultConfiguration", configuration);
    return out;
}

/// Those that were asked and those that spoke, each once.
std::vector<RuleInfo> rulesOf(const FindingsReport& report)
{
    auto rules = report.rules;
    for (const Diagnostic& finding : report.diagnostics)
        if (std::none_of(rules.begin(), rules.end(), [&](const RuleInfo& rule) { return rule.id == finding.rule; }))
            rules.push_back({finding.rule, "", "", false, "deny", ""});
    return rules;
}

Object resultOf(const Diagnostic& finding, std::size_t ruleIndex, int occurrence, const FindingsReport& report)
{
    auto out = jsonObject();
    out->set("ruleId", validUtf8(finding.rule));
    out->set("ruleIndex", ruleIndex);
    out->set("level", std::string(toString(finding.severity)));
    out->set("message", textObject(finding.message + (finding.hint.empty() ? "" : "\nhint: " + finding.hint)));
    auto locations = array();
    if (!finding.pos.file.empty())
        locations->add(locationOf(finding.pos, report));
    out->set("locations", locations);
    auto related = array();
    for (const SourcePos& other : finding.see)
        related->add(locationOf(other, report));
    if (related->size() > 0)
        out->set("relatedLocations", related);
    const auto identity =
        fmt::format("{}\n{}\n{}", finding.rule, fileFrom(report.folder, finding.pos.file.text()), finding.message);
    auto fingerprints = jsonObject();
    fingerprints->set("mcpctlFinding/v1", fmt::format("{}:{}", sha256Hex(identity).substr(0, 32), occurrence));
    out->set("partialFingerprints", fingerprints);
    return out;
}

}

std::string sarifReport(const FindingsReport& report)
{
    const auto rules = rulesOf(report);
    std::map<std::string, std::size_t> indexes;
    auto descriptors = array();
    for (const RuleInfo& rule : rules)
    {
        indexes.emplace(rule.id, descriptors->size());
        descriptors->add(descriptorOf(rule));
    }
    std::map<std::string, int> seen;
    auto results = array();
    for (const Diagnostic& finding : report.diagnostics)
        results->add(resultOf(finding, indexes.at(finding.rule),
                              ++seen[finding.rule + "\n" + finding.pos.file.text() + "\n" + finding.message], report));
    auto driver = jsonObject();
    driver->set("name", "mcpctl");
    driver->set("version", std::string(version));
    driver->set("rules", descriptors);
    auto tool = jsonObject();
    tool->set("driver", driver);
    auto run = jsonObject();
    run->set("tool", tool);
    run->set("columnKind", "unicodeCodePoints");
    run->set("results", results);
    auto runs = array();
    runs->add(run);
    auto out = jsonObject();
    out->set("$schema", "https://json.schemastore.org/sarif-2.1.0.json");
    out->set("version", "2.1.0");
    out->set("runs", runs);
    return jsonText(*out) + "\n";
}

}
