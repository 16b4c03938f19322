#pragma once

#include <string>
#include <vector>

namespace mcpctl
{

/// Whether to colour what goes to file descriptor `fd`: it is a terminal, TERM is not `dumb`, and
/// NO_COLOR is not set (no-color.org).
bool wantsColour(int fd);

/// Whether `fd` is a terminal on which a line can be drawn over.
bool isTerminal(int fd);

/// Columns of the terminal on `fd`; 80 where it cannot be told.
std::size_t terminalWidth(int fd);

/// Rows as columns of equal width, two spaces between them; the first row is the head. Cells are cut
/// of control characters, which could steer the terminal.
std::string renderTable(const std::vector<std::vector<std::string>>& rows);

}
