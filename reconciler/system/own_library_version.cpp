/// In every own library: which mcpctl it is part of.
extern "C" const char* mcpctlLibraryVersion()
{
    return MCPCTL_VERSION;
}
