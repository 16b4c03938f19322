#include "app/cli.h"

int main(int argc, char** argv)
{
    return mcpctl::runCommandLine(argc, argv);
}
