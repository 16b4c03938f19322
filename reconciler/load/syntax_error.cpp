#include "load/syntax_error.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace mcpctl
{

namespace
{

struct Wording
{
    std::string_view theirs; ///< how their message begins
    std::string_view message;
    std::string_view hint;
    bool showOpening = false; ///< the place where the collection began helps
    bool isEscape = false;    ///< they give the place behind the `\\...`, not its own
};

constexpr std::string_view specialCharacter = "quote a value that begins with it";

constexpr std::array wordings{
    Wording{"end of map flow not found", "expected `,` or `}`",
            "close the `{`, or quote the value: within `{ }`, the characters `{ } [ ] ,` end a plain one", true},
    Wording{"end of sequence flow not found", "expected `,` or `]`",
            "close the `[`, or quote the value: within `[ ]`, the characters `{ } [ ] ,` end a plain one", true},
    Wording{"end of sequence not found", "expected `- ` or the end of the sequence", "check the indentation", true},
    Wording{"illegal map value", "`:` is not expected here", "quote a value that contains `: `"},
    Wording{"illegal map key", "`?` is not expected here", specialCharacter},
    Wording{"illegal block entry", "`- ` is not expected here", "begin the sequence on the next line"},
    Wording{"illegal flow end", "this bracket closes nothing that is open", ""},
    Wording{"unknown token", "no plain value begins with this character", specialCharacter},
    Wording{"unknown escape character", "unknown escape in double quotes",
            "write `\\\\` for a backslash, or use single quotes", false, true},
    Wording{"invalid unicode", "half of a surrogate pair is no character", "write the character itself", false, true},
    Wording{"bad character found while scanning hex", "`\\x` takes 2 hex digits, `\\u` 4 and `\\U` 8",
            "write `\\\\` for a backslash, or use single quotes", false, true},
    Wording{"cannot assign multiple tags", "a value has one tag at most", ""},
    Wording{"cannot assign multiple anchors", "a value has one anchor at most", ""},
    Wording{"alias not found after *", "`*` needs the name of an anchor", specialCharacter},
    Wording{"anchor not found after &", "`&` needs a name", specialCharacter},
    Wording{"illegal character found while scanning alias", "the name after `*` ends in an unexpected character",
            specialCharacter},
    Wording{"illegal character found while scanning anchor", "the name after `&` ends in an unexpected character",
            specialCharacter},
    Wording{"unexpected character in block scalar", "only `+`, `-` and a digit may follow `|` or `>`",
            specialCharacter},
    Wording{"cannot set zero indentation", "the indentation after `|` or `>` is 1 to 9", ""},
    Wording{"illegal character found while scanning tag", "malformed tag", "quote a text that begins with `!`"},
    Wording{"tag handle with no suffix", "malformed tag", "quote a text that begins with `!`"},
    Wording{"end of verbatim tag", "malformed tag: expected `>`", "quote a text that begins with `!`"},
    Wording{"YAML major version too large", "this is not YAML 1.x", "remove the `%YAML` line"},
    Wording{"bad file", "nested too deep", ""},
};

bool startsAPlace(std::string_view text, std::size_t at)
{
    return at == 0 || std::string_view(" \t\r\n[{,:").find(text[at - 1]) != std::string_view::npos;
}

// The offset behind the quote that closes the one at `open`.
std::optional<std::size_t> behindClosingQuote(std::string_view text, std::size_t open, std::size_t end)
{
    const char quote = text[open];
    for (std::size_t i = open + 1; i < end; ++i)
    {
        if (quote == '"' && text[i] == '\\')
            ++i;
        else if (quote == '\'' && text.substr(i, 2) == "''")
            ++i;
        else if (text[i] == quote)
            return i + 1;
    }
    return std::nullopt;
}

// The first quote at or after `from` that is not closed before `end`.
std::optional<std::size_t> findUnclosedQuote(std::string_view text, std::size_t from, std::size_t end)
{
    for (std::size_t i = from; i < end; ++i)
    {
        if (text[i] == '#' && startsAPlace(text, i))
            i = std::min(text.find('\n', i), end);
        else if ((text[i] == '"' || text[i] == '\'') && startsAPlace(text, i))
        {
            const auto behind = behindClosingQuote(text, i, end);
            if (!behind)
                return i;
            i = *behind - 1;
        }
    }
    return std::nullopt;
}

std::string_view wordAt(std::string_view text, std::size_t offset)
{
    const std::string_view rest = text.substr(std::min(offset, text.size()));
    return rest.substr(0, rest.find_first_of(" \t\r\n,[]{}"));
}

Diagnostic syntaxAt(SourcePos pos, std::string message, std::string hint = {})
{
    return {.pos = std::move(pos), .message = std::move(message), .rule = "yaml-syntax", .hint = std::move(hint)};
}

// A tab among the white space that the line with the error, or the one before it, begins with. Tabs do
// not indent in YAML, so the error seen is seldom about tabs.
std::optional<std::size_t> findTabIndentation(const SyntaxError& error, const SourceText& source)
{
    const std::size_t start = source.lineStart(error.offset);
    for (const std::size_t line : {start, start > 0 ? source.lineStart(start - 1) : start})
    {
        const std::string_view text = source.lineAt(line);
        const std::string_view blank = text.substr(0, text.find_first_not_of(" \t"));
        if (const auto tab = blank.find('\t'); blank.size() < text.size() && tab != std::string_view::npos)
            return line + tab;
    }
    return std::nullopt;
}

Diagnostic explainUnknownAnchor(const SyntaxError& error, SourceText& source)
{
    const std::string name(wordAt(source.text(), error.offset + 1));
    const std::string meant = nearest(name, error.anchors);
    return {.pos = source.at(error.offset),
            .message = "unknown anchor `" + name + "`",
            .rule = "unknown-anchor",
            .hint = meant.empty()
                        ? "write `&" + name + "` before it, in the same document; quote a text that begins with `*`"
                        : "did you mean `" + meant + "`?"};
}

// `{x: ${config.path}}`: the most likely of all mistakes within braces.
bool isUnquotedPlaceholder(const SyntaxError& error, std::string_view text)
{
    return error.offset > 0 && text.substr(error.offset - 1, 2) == "${";
}

// Where yaml-cpp wanted another key, or a line further left.
Diagnostic explainNoKey(const SyntaxError& error, SourceText& source)
{
    const std::size_t start = source.lineStart(error.offset);
    const std::string_view before = source.text().substr(start, error.offset - start);
    const auto last = before.find_last_not_of(" \t");
    Diagnostic d = syntaxAt(source.at(error.offset), "the indentation of this line fits no line above it",
                            "align it with the keys of the mapping that it belongs to");
    if (last != std::string_view::npos && std::string_view("'\"]}").find(before[last]) != std::string_view::npos)
    {
        d.message = fmt::format("text after the closing `{}`", before[last]);
        d.hint =
            before[last] == '\'' ? "within single quotes, `''` stands for one of them" : "quote the value as a whole";
    }
    else if (last != std::string_view::npos)
    {
        d.message = "expected the end of the line";
        d.hint = "quote the value as a whole";
    }
    else if (source.text().substr(error.offset, 2) == "- ")
    {
        d.message = "an item of a sequence among the keys of a mapping";
        d.hint = "indent it like the key that it belongs to, or further";
    }
    if (error.openedAt)
        d.see = {*error.openedAt};
    return d;
}

// `image: a` and below it, further right, `command: b`: to YAML that is one text, up to the second colon.
bool readsOn(const SyntaxError& error, const SourceText& source)
{
    const std::size_t start = source.lineStart(error.offset);
    const std::string_view before = source.text().substr(start, error.offset - start);
    const bool isFirstKey = before.find(": ") == std::string_view::npos && before.find("- ") == std::string_view::npos;
    return isFirstKey && start > error.documentBegin && !source.lineAt(start - 1).starts_with("---");
}

Diagnostic explainReadingOn(const SyntaxError& error, SourceText& source)
{
    const std::size_t start = source.lineStart(error.offset);
    const std::size_t key = std::min(source.text().find_first_not_of(" \t", start), error.offset);
    return syntaxAt(source.at(key),
                    fmt::format("`{}` continues the text of the line before, so it is no key",
                                source.text().substr(key, error.offset - key)),
                    "check the indentation of both lines, and that the line before has a `: `");
}

Diagnostic explainByWording(const SyntaxError& error, SourceText& source)
{
    const auto wording = std::find_if(wordings.begin(), wordings.end(),
                                      [&](const Wording& w) { return error.theirs.starts_with(w.theirs); });
    SourcePos pos = source.at(error.offset);
    if (wording == wordings.end())
        return syntaxAt(pos, error.theirs);
    if (wording->isEscape && error.offset > 0)
        pos = source.at(std::min(source.text().rfind('\\', error.offset - 1), error.offset));
    Diagnostic d = syntaxAt(pos, std::string(wording->message), std::string(wording->hint));
    if (wording->showOpening && error.openedAt && *error.openedAt != pos)
        d.see = {*error.openedAt};
    return d;
}

}

bool isUnclosed(std::string_view text, std::size_t offset, std::size_t end)
{
    while (offset < end && (text[offset] == '&' || text[offset] == '!' || text[offset] == '#'))
    {
        offset = std::min(text.find_first_of(text[offset] == '#' ? "\n" : " \t\r\n", offset), end);
        offset = std::min(text.find_first_not_of(" \t\r\n", offset), end);
    }
    const bool quoted = offset < end && (text[offset] == '"' || text[offset] == '\'');
    return quoted && !behindClosingQuote(text, offset, end);
}

Diagnostic explainUnclosed(SourcePos quote)
{
    return syntaxAt(std::move(quote), "this quote is never closed");
}

Diagnostic explain(const SyntaxError& error, SourceText& source)
{
    const std::string_view text = source.text();
    if (error.theirs.starts_with("the referenced anchor"))
        return explainUnknownAnchor(error, source);
    if (error.theirs.starts_with("illegal EOF") || error.theirs.starts_with("illegal document indicator"))
    {
        const auto quote = findUnclosedQuote(text, error.lastScalar, error.documentEnd);
        return explainUnclosed(source.at(quote.value_or(error.offset)));
    }
    if (const auto tab = findTabIndentation(error, source))
        return {.pos = source.at(*tab),
                .message = "a tab is used as indentation",
                .rule = "tab-indentation",
                .hint = "indent with spaces"};
    if (isUnquotedPlaceholder(error, text))
        return syntaxAt(source.at(error.offset - 1), "within `{ }` and `[ ]`, a value with `${...}` needs quotes",
                        "write \"${...}\"");
    if (error.theirs.starts_with("end of map not found"))
        return explainNoKey(error, source);
    if (error.theirs.starts_with("illegal map value") && readsOn(error, source))
        return explainReadingOn(error, source);
    return explainByWording(error, source);
}

}
