#pragma once

#include <filesystem>

namespace mcpctl
{

/// Makes `folder` and what is missing above it, for the eyes of their owner (XDG Base Directory asks for it).
/// Folders that are there stay as they are. Throws HistoryError.
void makePrivateFolders(const std::filesystem::path& folder);

/// Makes `file`, empty and for its owner alone, unless it is there. Throws HistoryError.
void makePrivateFile(const std::filesystem::path& file);

}
