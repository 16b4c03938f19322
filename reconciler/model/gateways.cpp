#include "model/gateways.h"

namespace mcpctl
{

InstanceName egressGateway(const ProjectName& project)
{
    return InstanceName(project.text + ".egress");
}

InstanceName ingressGateway(const ProjectName& project)
{
    return InstanceName(project.text + ".ingress");
}

bool isGateway(const std::string& instance, const ProjectName& project)
{
    return instance == egressGateway(project).text || instance == ingressGateway(project).text;
}

NetworkName outsideNetwork(const ProjectName& project)
{
    return NetworkName(project.text + ".outside");
}

NetworkName egressNetwork(const InstanceName& instance)
{
    return NetworkName(instance.text + ".egress");
}

NetworkName ingressNetwork(const InstanceName& instance)
{
    return NetworkName(instance.text + ".ingress");
}

std::string subnetPlaceholder(const NetworkName& network)
{
    return "{{subnet " + network.text + "}}";
}

}
