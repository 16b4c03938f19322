#include "docker/labels.h"

#include "docker/names.h"
#include "docker/sample_launch.h"

#include <boost/test/unit_test.hpp>

using namespace mcpctl;
using namespace mcpctl::docker;

namespace
{

const ProjectName project("mcpctl");

Labels labels(const std::string& instance = "mcpctl-p-a", const std::string& owner = "mcpctl")
{
    Marks marks;
    marks.project = owner;
    marks.instance = instance;
    return toLabels(marks);
}

}

BOOST_AUTO_TEST_SUITE(labels_test)

BOOST_AUTO_TEST_CASE(marks_survive_the_way_there_and_back)
{
    auto marks = mcpctl::test::sampleLaunch().marks;
    BOOST_TEST((toMarks(toLabels(marks)) == marks));
    marks.pruneDisabled = true;
    BOOST_TEST(toLabels(marks).at("mcpctl.prune") == "disabled");
    BOOST_TEST((toMarks(toLabels(marks)) == marks));
    BOOST_TEST((toMarks(toLabels({})) == Marks{}));
}

BOOST_AUTO_TEST_CASE(mangled_labels_give_what_can_be_read_of_them)
{
    const auto fields = [](const std::string& text) { return toMarks({{"mcpctl.fields", text}}).fieldHashes; };
    BOOST_TEST(fields("").empty());
    BOOST_TEST(fields(",,=,=x,").empty());
    BOOST_TEST((fields("a=1,b,c=2=3") == std::map<std::string, std::string>{{"a", "1"}, {"c", "2=3"}}));
}

BOOST_AUTO_TEST_CASE(ours_are_managed_of_our_project_and_named_as_they_were_made)
{
    BOOST_TEST(judgeOwnership("mcpctl-p-a", labels(), project).ours);
    BOOST_TEST(judgeOwnership("mcpctl-p-a.new-01234567", labels(), project).ours);
    BOOST_TEST(judgeOwnership("mcpctl-p-a.old-0123456789ab", labels(), project).ours);
}

BOOST_AUTO_TEST_CASE(all_others_are_foreign_and_say_why)
{
    const auto why = [](const std::string& name, const Labels& each)
    {
        const auto ownership = judgeOwnership(name, each, project);
        return ownership.ours ? "ours" : ownership.why;
    };
    BOOST_TEST(why("mcpctl-p-a", {}) == "");
    BOOST_TEST(why("mcpctl-p-a", {{"com.example", "1"}, {"mcpctlx", "1"}}) == "");
    BOOST_TEST(why("mcpctl-p-a", {{"mcpctl.project", "mcpctl"}}) ==
               "it has mcpctl labels, but not mcpctl.managed=true");
    BOOST_TEST(why("mcpctl-p-a", labels("mcpctl-p-a", "other")) == "");
    BOOST_TEST(why("mcpctl-p-a", labels("mcpctl-p-a", "")) == "its labels name no project");
    BOOST_TEST(why("mcpctl-p-a", labels("")) == "its labels name no instance");
    for (const auto* name : {"", "copy", "mcpctl-p", "mcpctl-p-ab", "mcpctl-p-a.new-", "mcpctl-p-a.new-0123456",
                             "mcpctl-p-a.new-0123456g", "mcpctl-p-a.old-01234567", "mcpctl-p-a.bak", "xmcpctl-p-a"})
        BOOST_TEST(why(name, labels()) == "renamed: it was made as mcpctl-p-a", name);
}

BOOST_AUTO_TEST_CASE(names_of_a_replace_are_recognised_as_such)
{
    const InstanceName name("mcpctl-p-a");
    BOOST_TEST(newName(name, "0123456789abcdef") == "mcpctl-p-a.new-01234567");
    BOOST_TEST(oldName(name, "0123456789abcdef") == "mcpctl-p-a.old-0123456789ab");
    BOOST_TEST(isNameOf(newName(name, "0123456789abcdef"), name.text));
    BOOST_TEST(isNameOf(oldName(name, "0123456789abcdef"), name.text));
    BOOST_TEST(!isNameOf("anything", ""));
}

BOOST_AUTO_TEST_CASE(a_transport_comes_back_from_its_label)
{
    const mcpctl::Transport http{mcpctl::Transport::Type::streamableHttp, 3001, "/mcp"};
    BOOST_TEST(toLabel(http) == "3001/mcp");
    BOOST_TEST((toTransport("3001/mcp") == http));
    BOOST_TEST(toLabel({}) == "stdio");
    for (const auto* text : {"stdio", "", "0/mcp", "70000/mcp", "/mcp", "-1/x"})
        BOOST_TEST((toTransport(text) == mcpctl::Transport{}), text);
}

BOOST_AUTO_TEST_SUITE_END()
