#include "load/core_schema.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>

namespace mcpctl
{

namespace
{

using Poco::Dynamic::Var;
using Resolved = std::variant<Var, ScalarError>;

bool isOneOf(std::string_view text, std::initializer_list<std::string_view> words)
{
    return std::find(words.begin(), words.end(), text) != words.end();
}

bool isNull(std::string_view text)
{
    return isOneOf(text, {"", "~", "null", "Null", "NULL"});
}

std::optional<bool> asBool(std::string_view text)
{
    if (isOneOf(text, {"true", "True", "TRUE"}))
        return true;
    if (isOneOf(text, {"false", "False", "FALSE"}))
        return false;
    return std::nullopt;
}

bool consistsOf(std::string_view text, std::string_view characters)
{
    return !text.empty() && text.find_first_not_of(characters) == std::string_view::npos;
}

std::string_view withoutSign(std::string_view text)
{
    return text.starts_with('-') || text.starts_with('+') ? text.substr(1) : text;
}

constexpr std::string_view digits = "0123456789";

bool looksLikeInteger(std::string_view text)
{
    if (text.starts_with("0o"))
        return consistsOf(text.substr(2), "01234567");
    if (text.starts_with("0x"))
        return consistsOf(text.substr(2), "0123456789abcdefABCDEF");
    return consistsOf(withoutSign(text), digits);
}

bool looksLikeFloat(std::string_view text)
{
    text = withoutSign(text);
    if (const auto exponent = text.find_first_of("eE"); exponent != std::string_view::npos)
    {
        if (!consistsOf(withoutSign(text.substr(exponent + 1)), digits))
            return false;
        text = text.substr(0, exponent);
    }
    const auto point = text.find('.');
    const std::string_view whole = text.substr(0, point);
    const std::string_view fraction = point == std::string_view::npos ? "" : text.substr(point + 1);
    return (!whole.empty() || !fraction.empty()) && (whole.empty() || consistsOf(whole, digits)) &&
           (fraction.empty() || consistsOf(fraction, digits));
}

bool isInfiniteOrNoNumber(std::string_view text)
{
    return isOneOf(withoutSign(text), {".inf", ".Inf", ".INF"}) || isOneOf(text, {".nan", ".NaN", ".NAN"});
}

ScalarError outOfRange(std::string_view text, std::string_view why)
{
    return {"number-range", "`" + std::string(text) + "` " + std::string(why), "quote it if it is meant as text"};
}

template <typename Number, typename... Format>
std::optional<Number> parse(std::string_view text, Format... format)
{
    if (text.starts_with('+'))
        text.remove_prefix(1);
    Number number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, format...);
    if (error != std::errc{} || end != text.data() + text.size())
        return std::nullopt;
    return number;
}

Resolved asInteger(std::string_view text)
{
    std::optional<std::int64_t> number;
    if (text.starts_with("0o"))
        number = parse<std::int64_t>(text.substr(2), 8);
    else if (text.starts_with("0x"))
        number = parse<std::int64_t>(text.substr(2), 16);
    else
        number = parse<std::int64_t>(text, 10);
    if (!number)
        return outOfRange(text, "does not fit into 64 bits");
    return Var(*number);
}

Resolved asFloat(std::string_view text)
{
    if (isInfiniteOrNoNumber(text))
        return outOfRange(text, "is no number that a manifest can hold");
    const auto number = parse<double>(text, std::chars_format::general);
    if (!number)
        return outOfRange(text, "does not fit into a 64-bit floating-point number");
    return Var(*number);
}

Resolved plain(const std::string& text)
{
    if (isNull(text))
        return Var();
    if (const auto truth = asBool(text))
        return Var(*truth);
    if (looksLikeInteger(text))
        return asInteger(text);
    if (isInfiniteOrNoNumber(text) || looksLikeFloat(text))
        return asFloat(text);
    return Var(text);
}

Resolved tagged(std::string_view type, const std::string& text)
{
    if (type == "str")
        return Var(text);
    if (type == "null" && isNull(text))
        return Var();
    if (const auto truth = asBool(text); type == "bool" && truth)
        return Var(*truth);
    if (type == "int" && looksLikeInteger(text))
        return asInteger(text);
    if (type == "float" && (looksLikeFloat(text) || isInfiniteOrNoNumber(text)))
        return asFloat(text);
    return ScalarError{"tag-mismatch", "`" + text + "` is no `!!" + std::string(type) + "`", ""};
}

}

std::string shortTag(std::string_view tag)
{
    if (tag.starts_with(yamlTagPrefix))
        return "!!" + std::string(tag.substr(yamlTagPrefix.size()));
    return std::string(tag);
}

std::variant<Var, ScalarError> resolveScalar(std::string_view tag, const std::string& text)
{
    if (tag == "?")
        return plain(text);
    if (tag == "!")
        return Var(text);
    if (tag.starts_with(yamlTagPrefix))
    {
        const std::string_view type = tag.substr(yamlTagPrefix.size());
        if (isOneOf(type, {"str", "null", "bool", "int", "float", "map", "seq"}))
            return tagged(type, text);
    }
    return ScalarError{
        "unknown-tag", "unknown tag `" + shortTag(tag) + "`",
        "known are `!!str`, `!!int`, `!!float`, `!!bool` and `!!null`; quote a text that starts with `!`"};
}

}
