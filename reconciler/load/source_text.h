#pragma once

#include "model/diagnostic.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mcpctl
{

/// The text of one file without its byte order mark, and the places in it. Refers to the text that it
/// was made from. For one thread.
class SourceText
{
public:
    SourceText(FileName file, std::string_view text);

    const std::string& file() const { return file_.text(); }
    std::string_view text() const { return text_; }

    /// The place of a byte; an offset behind the end is the end's place. Places near the one asked for
    /// before are cheap, wherever they are in however long a line.
    SourcePos at(std::size_t offset);

    /// Offset of the first byte of the line that holds `offset`, and the line's text without its end.
    std::size_t lineStart(std::size_t offset) const;
    std::string_view lineAt(std::size_t offset) const;

private:
    std::size_t lineIndex(std::size_t offset) const;

    FileName file_; ///< shared by all places in it
    std::string_view text_;
    std::vector<std::size_t> lineStarts_{0};
    std::size_t knownOffset_ = 0; ///< the place asked for before
    std::size_t knownLine_ = 0;
    int knownColumn_ = 1;
};

/// The first byte that no manifest may hold: broken UTF-8 (`encoding`), a control character or a lone
/// carriage return (`control-character`). yaml-cpp would let most of them pass.
std::optional<Diagnostic> findBadCharacter(SourceText& source);

/// One document's part of a file.
struct DocumentRange
{
    std::size_t begin = 0, end = 0;
};

/// Cuts a file where YAML does: at `---` and `...` at the start of a line, which nothing but a document's
/// boundary can be. So a broken document cannot drag its neighbours along.
std::vector<DocumentRange> splitDocuments(std::string_view text);

}
