#pragma once

namespace mcpctl
{

/// For a program that runs for months with several threads: memory that one of them freed is used by the others, too.
/// Call it before threads start.
void shareFreedMemory();

/// Hands what is free back to the system. Costs a millisecond or so, in which no thread gets any.
void returnFreedMemory();

}
